import { StoreClosed } from '../../port';
import type { Stores } from '../engine-under-test';
import { appendOne, mustAppend, newStreamId, readWhole, sampleBatch } from '../samples';

export function lifecycle({ store, engine }: Stores): void {
  it('keeps the newest snapshot of a stream in the shape asked for', async () => {
    const streamId = newStreamId();
    expect(await store().loadSnapshot(streamId, 'v1')).toBeNull();
    const snapshot = { revision: 7, schema: 'v1', state: '{"grüße":"日本\\u0000"}' };
    await store().saveSnapshot(streamId, snapshot);
    expect(await store().loadSnapshot(streamId, 'v1')).toEqual(snapshot);
    await store().saveSnapshot(streamId, { ...snapshot, revision: 3, state: 'older' });
    expect(await store().loadSnapshot(streamId, 'v1')).toEqual(snapshot);
    await store().saveSnapshot(streamId, { ...snapshot, revision: 9 });
    expect(await store().loadSnapshot(streamId, 'v1')).toMatchObject({ revision: 9 });
  });

  it('gives no snapshot of another shape', async () => {
    const streamId = newStreamId();
    await store().saveSnapshot(streamId, { revision: 7, schema: 'v1', state: 'one' });
    expect(await store().loadSnapshot(streamId, 'v2')).toBeNull();
    await store().saveSnapshot(streamId, { revision: 5, schema: 'v2', state: 'two' });
    expect(await store().loadSnapshot(streamId, 'v2')).toMatchObject({ revision: 5 });
  });

  it('lets snapshots be deleted at any time, of one stream or of all, and events stay', async () => {
    const [one, two] = [newStreamId(), newStreamId()];
    const snapshot = { revision: 0, schema: 'v1', state: 'x' };
    for (const streamId of [one, two]) {
      await mustAppend(store(), sampleBatch(streamId, -1, 'first'));
      await store().saveSnapshot(streamId, snapshot);
    }
    await store().deleteSnapshots(one);
    expect(await store().loadSnapshot(one, 'v1')).toBeNull();
    expect(await store().loadSnapshot(two, 'v1')).toEqual(snapshot);
    await store().deleteSnapshots();
    expect(await store().loadSnapshot(two, 'v1')).toBeNull();
    expect(await readWhole(store(), two)).toHaveLength(1);
  });

  it('compares positions in the order of reading', async () => {
    const streamId = newStreamId();
    const first = await mustAppend(store(), sampleBatch(streamId, -1, 'first'));
    const second = await mustAppend(store(), sampleBatch(streamId, 0, 'second', 12));
    expect(store().comparePositions(first, second)).toBeLessThan(0);
    expect(store().comparePositions(second, first)).toBeGreaterThan(0);
    expect(store().comparePositions(second, second)).toBe(0);
    expect(store().isPosition(first)).toBe(true);
    for (const wrong of ['', 'x', '1-2', "1-2-3'; --"]) {
      expect(() => store().comparePositions(first, wrong)).toThrow(RangeError);
      expect(store().isPosition(wrong)).toBe(false);
      await expect(store().readAll({ after: wrong, limit: 1 })).rejects.toThrow(RangeError);
    }
  });

  it('is healthy while the engine is there', async () => {
    expect(await store().health()).toEqual({ ready: true });
  });

  it('finishes what is underway when closed, and takes nothing more', async () => {
    const closing = await engine().open();
    const streams = Array.from({ length: 30 }, newStreamId);
    const appends = streams.map((streamId) => appendOne(closing, sampleBatch(streamId, -1, 'first')));
    const closed = closing.close();
    for (const result of await Promise.all(appends)) expect(result).toMatchObject({ ok: true });
    await closed;
    await closing.close();
    const late = await appendOne(closing, sampleBatch(newStreamId(), -1, 'late'));
    expect(late.ok === false && late.error).toBeInstanceOf(StoreClosed);
    await expect(closing.readHead(newStreamId())).rejects.toBeInstanceOf(StoreClosed);
    expect(await closing.health()).toMatchObject({ ready: false });
    expect(() =>
      closing.subscribeToAll({
        after: null,
        batchSize: 1,
        lingerMs: 0,
        onEvents: async () => undefined,
        onError: () => undefined,
      }),
    ).toThrow(StoreClosed);
  });
}
