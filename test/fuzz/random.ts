/** Chance that a seed repeats: SplitMix32. */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 to `end` - 1. */
  below(end: number): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let mixed = this.state ^ (this.state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) % end;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    const result: T[] = [];
    while (rest.length > 0) result.push(...rest.splice(this.below(rest.length), 1));
    return result;
  }
}

/** A seed of its own for each name, so that one operation alone gives the cases that it has among all. */
export function seedOf(seed: number, name: string): number {
  let mixed = seed | 0;
  for (let index = 0; index < name.length; index++) mixed = Math.imul(mixed ^ name.charCodeAt(index), 0x01000193);
  return mixed;
}
