import { SettledOffsets } from './settled-offsets';

it('keeps the settled offsets of a partition only as long as they may come again', () => {
  const settled = new SettledOffsets();
  settled.add(0, ['9', '10', '11']);
  settled.add(1, ['9']);
  settled.forgetBelow(0, 10n);
  expect(['9', '10', '11'].map((offset) => settled.has(0, offset))).toEqual([false, true, true]);
  expect(settled.has(1, '9')).toBe(true);
  settled.forgetBelow(0, 12n);
  expect(settled.size).toBe(1);
  settled.clear();
  expect(settled.size).toBe(0);
});
