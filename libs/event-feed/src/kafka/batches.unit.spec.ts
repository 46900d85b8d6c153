import type { Message } from 'kafkajs';
import { batchesWithin, bytesAlone } from './batches';

/** What Kafka adds to a batch, not to its records. */
const ONE_BATCH = 61;
const record = (length: number): Message => ({ key: 'A', value: 'x'.repeat(length), headers: { trace: ['a', 'b'] } });
const within = (lengths: readonly number[], maxBytes: number): readonly (readonly number[])[] =>
  batchesWithin(lengths, record, maxBytes);

it('fills batches in order up to the limit, and no further', () => {
  const two = bytesAlone(record(100)) + bytesAlone(record(200)) - ONE_BATCH;
  expect(within([100, 200, 300], two)).toEqual([[100, 200], [300]]);
  expect(within([100, 200, 300], two - 1)).toEqual([[100], [200], [300]]);
});

it('leaves alone what is too long by itself', () => {
  expect(within([10, 5_000, 10, 10], 1_000)).toEqual([[10], [5_000], [10, 10]]);
  expect(within([], 1_000)).toEqual([]);
});

it('counts bytes, of the key and the headers too', () => {
  const bare = bytesAlone({ value: 'ab' });
  expect(bytesAlone({ value: 'äb' })).toBe(bare + 1);
  expect(bytesAlone({ key: Buffer.from('key'), value: 'ab' })).toBe(bare + 3);
  expect(bytesAlone({ value: 'ab', headers: { name: ['x', 'yz'] } })).toBe(bare + 2 * (10 + 4) + 3);
});
