import { rangesOf } from './ranges';

test('reads revisions that stand close together in one go', () => {
  expect(rangesOf([])).toEqual([]);
  expect(rangesOf([5, 3, 3, 20, 500])).toEqual([
    { from: 3, count: 18 },
    { from: 500, count: 1 },
  ]);
  const all = rangesOf(Array.from({ length: 25_000 }, (_, revision) => revision));
  expect(all.every(({ count }) => count <= 10_000)).toBe(true);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(25_000);
});
