import { WrongExpectedRevision } from '../../port';
import type { Stores } from '../engine-under-test';
import { appendOne, mustAppend, newStreamId, readWhole, sampleBatch } from '../samples';

export function repeating({ store, another }: Stores): void {
  it('answers the identical batch as the first time and writes nothing', async () => {
    const streamId = newStreamId();
    const batch = sampleBatch(streamId, -1, 'first', 3);
    const first = await appendOne(store(), batch);
    expect(first).toMatchObject({ ok: true, lastRevision: 2 });
    expect(await appendOne(store(), batch)).toEqual(first);
    expect(await readWhole(store(), streamId)).toHaveLength(3);
  });

  it('does so also when the stream has grown since, and in another process', async () => {
    const streamId = newStreamId();
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 3));
    const second = sampleBatch(streamId, 2, 'second', 2);
    const answer = await appendOne(store(), second);
    await mustAppend(store(), sampleBatch(streamId, 4, 'third', 3));
    expect(await appendOne(await another(), second)).toEqual(answer);
    expect(await readWhole(store(), streamId)).toHaveLength(8);
  });

  it('writes a batch once that arrives many times at once', async () => {
    const [one, two] = [store(), await another()];
    for (let round = 0; round < 10; round += 1) {
      const streamId = newStreamId();
      const batch = sampleBatch(streamId, -1, 'first', 2);
      const results = await Promise.all(Array.from({ length: 8 }, (_, n) => appendOne(n % 2 === 0 ? one : two, batch)));
      expect(results[0]).toMatchObject({ ok: true, lastRevision: 1 });
      for (const result of results) expect(result).toEqual(results[0]);
      expect(await readWhole(store(), streamId)).toHaveLength(2);
    }
  });

  it('repeats many streams in one call, next to new ones', async () => {
    const streams = Array.from({ length: 20 }, newStreamId);
    const batches = streams.map((streamId) => sampleBatch(streamId, -1, 'first', 2));
    const first = await store().append(batches.slice(0, 10));
    const again = await store().append(batches);
    expect(again.slice(0, 10)).toEqual(first);
    expect(again.every(({ ok }) => ok)).toBe(true);
    for (const streamId of streams) expect(await readWhole(store(), streamId)).toHaveLength(2);
  });

  it('is no repetition with other events, with more of them, or at another revision', async () => {
    const streamId = newStreamId();
    const batch = sampleBatch(streamId, -1, 'first', 2);
    await mustAppend(store(), batch);
    await mustAppend(store(), sampleBatch(streamId, 1, 'second'));
    const wrong = (expected: number) => ({ ok: false, error: new WrongExpectedRevision(streamId, expected, 2) });
    expect(await appendOne(store(), sampleBatch(streamId, -1, 'other', 2))).toEqual(wrong(-1));
    expect(await appendOne(store(), sampleBatch(streamId, -1, 'first', 4))).toEqual(wrong(-1));
    expect(await appendOne(store(), { ...batch, expectedRevision: 0 })).toEqual(wrong(0));
    expect(await readWhole(store(), streamId)).toHaveLength(3);
  });
}
