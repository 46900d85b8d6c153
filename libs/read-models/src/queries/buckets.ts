import { InvalidParameter } from '../errors';

export const DEFAULT_BORDERS: readonly number[] = [30, 60, 90];
const MAX_BORDERS = 20;
const MAX_DAYS = 36_500;

/** Days past due, inclusive; null at the open ends. */
export interface BucketRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** Not due (≤ 0), then one bucket up to each border, then the rest: `[30]` gives ≤ 0, 1–30, 31+. */
export function bucketRanges(borders: readonly number[]): readonly BucketRange[] {
  const rises = borders.every((border, index) => border > (index === 0 ? 0 : (borders[index - 1] ?? 0)));
  const isWhole = borders.every((border) => Number.isInteger(border) && border <= MAX_DAYS);
  if (borders.length === 0 || borders.length > MAX_BORDERS || !rises || !isWhole) {
    throw new InvalidParameter('buckets', borders.join(','), `1 to ${MAX_BORDERS} rising whole days, such as 30,60,90`);
  }
  const overdue = borders.map((to, index) => ({ from: index === 0 ? 1 : (borders[index - 1] ?? 0) + 1, to }));
  return [{ from: null, to: 0 }, ...overdue, { from: (borders.at(-1) ?? 0) + 1, to: null }];
}

export function bucketOf(ranges: readonly BucketRange[], daysPastDue: number): BucketRange {
  const found = ranges.find(({ to }) => to === null || daysPastDue <= to);
  return found ?? { from: null, to: null };
}
