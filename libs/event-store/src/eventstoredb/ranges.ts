import { MAX_PAGE } from '../port';

/** Events between two wanted ones that are rather read along than left out by a read of its own. */
const MAX_GAP = 32;

export interface Range {
  readonly from: number;
  readonly count: number;
}

/** Few ranges that hold all the numbers, in ascending order. */
export function rangesOf(numbers: readonly number[]): readonly Range[] {
  const ranges: { from: number; count: number }[] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    const count = last === undefined ? 0 : number - last.from + 1;
    if (last !== undefined && count - last.count <= MAX_GAP && count <= MAX_PAGE) last.count = count;
    else ranges.push({ from: number, count: 1 });
  }
  return ranges;
}
