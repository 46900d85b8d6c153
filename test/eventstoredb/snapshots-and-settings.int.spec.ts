import { EventStoreDbEventStore } from '@duestream/event-store';
import { mustAppend, newStreamId, readWhole, sampleBatch } from '@duestream/event-store/testing';
import { connectionStringOf, useStandInEngine, writeForeign } from './stand-in-engine';

const { node, store } = useStandInEngine();

describe('snapshots in EventStoreDB', () => {
  it('stand outside the stream they are of, and no reader of all sees them', async () => {
    const streamId = newStreamId();
    const position = await mustAppend(store(), sampleBatch(streamId, -1, 'first'));
    await store().saveSnapshot(streamId, { revision: 0, schema: 'v1', state: 'x' });
    expect(await readWhole(store(), streamId)).toHaveLength(1);
    expect(await store().readAll({ after: position, limit: 10 })).toEqual({ events: [], position, atEnd: true });
  });

  it('come in parts where one event cannot hold them, and count only when the last part is there', async () => {
    const streamId = newStreamId();
    const state = Array.from({ length: 60_000 }, () => crypto.randomUUID()).join('');
    await store().saveSnapshot(streamId, { revision: 1, schema: 'v1', state: 'small' });
    await store().saveSnapshot(streamId, { revision: 9, schema: 'v1', state });
    expect(await store().loadSnapshot(streamId, 'v1')).toEqual({ revision: 9, schema: 'v1', state });
    const parts = node().log.records.filter((record) => record.streamId === `duestream-snapshot-${streamId}`);
    expect(parts.length).toBeGreaterThan(2);
    // The next one breaks off after its first part: it is as if there were none, until one is saved whole.
    node().faults.nextAppend({ kind: 'hold', until: Promise.resolve() });
    node().faults.nextAppend({ kind: 'refuse', refusal: { says: 'access-denied' } });
    await expect(store().saveSnapshot(streamId, { revision: 11, schema: 'v1', state })).rejects.toThrow(
      /refused access/,
    );
    expect(await store().loadSnapshot(streamId, 'v1')).toBeNull();
    await store().saveSnapshot(streamId, { revision: 12, schema: 'v1', state });
    expect(await store().loadSnapshot(streamId, 'v1')).toMatchObject({ revision: 12 });
  });

  it('are not kept for ever: the server is told how many to keep', async () => {
    const streamId = newStreamId();
    for (let revision = 0; revision < 40; revision += 1) {
      await store().saveSnapshot(streamId, { revision, schema: 'v1', state: 'x' });
    }
    expect(node().log.readable(`duestream-snapshot-${streamId}`)).toHaveLength(32);
    expect(await store().loadSnapshot(streamId, 'v1')).toMatchObject({ revision: 39 });
  });

  it('are as good as none when they are damaged', async () => {
    const streamId = newStreamId();
    await store().saveSnapshot(streamId, { revision: 3, schema: 'v1', state: 'x' });
    const record = node().log.records.find((one) => one.streamId === `duestream-snapshot-${streamId}`);
    Object.assign(record ?? {}, { data: Buffer.from('"bm90aGluZw=="') });
    expect(await store().loadSnapshot(streamId, 'v1')).toBeNull();
    await store().saveSnapshot(streamId, { revision: 4, schema: 'v1', state: 'y' });
    expect(await store().loadSnapshot(streamId, 'v1')).toMatchObject({ state: 'y' });
  });

  it('can be saved again at once after they were deleted', async () => {
    const streamId = newStreamId();
    const snapshot = { revision: 3, schema: 'v1', state: 'x' };
    await store().deleteSnapshots(streamId);
    for (const deleting of [streamId, undefined, streamId]) {
      await store().saveSnapshot(streamId, snapshot);
      expect(await store().loadSnapshot(streamId, 'v1')).toEqual(snapshot);
      await store().deleteSnapshots(deleting);
      expect(await store().loadSnapshot(streamId, 'v1')).toBeNull();
    }
  });
});

describe('settings in EventStoreDB', () => {
  it('change only while the store has no events of ours', async () => {
    writeForeign(node(), 1_000);
    expect(await store().getSetting('time-zone')).toBeNull();
    expect(await store().putSettingOnce('time-zone', 'UTC')).toBe('UTC');
    expect(await store().putSettingOnce('time-zone', 'Europe/Berlin')).toBe('Europe/Berlin');
    await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    expect(await store().putSettingOnce('time-zone', 'UTC')).toBe('Europe/Berlin');
    expect(await store().getSetting('time-zone')).toBe('Europe/Berlin');
    expect(await store().putSettingOnce('currency', 'EUR')).toBe('EUR');
    expect(await store().getSetting('time-zone')).toBe('Europe/Berlin');
  });

  it('stand as the first of two processes put them, and survive a lost answer', async () => {
    const other = await EventStoreDbEventStore.open({ connectionString: connectionStringOf(node().address) });
    await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    node().faults.nextAppend({ kind: 'cut-after' });
    const values = await Promise.all([
      store().putSettingOnce('time-zone', 'UTC'),
      other.putSettingOnce('time-zone', 'Asia/Tokyo'),
    ]);
    expect(new Set(values).size).toBe(1);
    expect(await store().getSetting('time-zone')).toBe(values[0]);
    await other.close();
  });
});
