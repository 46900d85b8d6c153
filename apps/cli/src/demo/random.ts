/** Repeatable chance: the same seed gives the same company, on every machine. */
export class Random {
  constructor(private state: number) {}

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  /** True in `share` of 1 000 cases. */
  permille(share: number): boolean {
    return this.next() % 1000 < share;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.next() % from.length] ?? from[0];
  }

  /** Its own sequence, which stays the same whatever else is drawn. */
  fork(name: string): Random {
    let seed = this.state;
    for (const character of name) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Random(seed >>> 0);
  }

  /** mulberry32: 32 bits of state are plenty for a demo. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
