import { OutcomeUnknown, Unavailable, type EventStore } from '../../port';
import type { Stores } from '../engine-under-test';
import { FaultyProxy } from '../faulty-proxy';
import { appendOne, appendUntilSettled, eventually, mustAppend, newStreamId, readWhole, sampleBatch } from '../samples';

export function faults({ store, engine }: Stores): void {
  let proxy: FaultyProxy;
  let distant: EventStore;
  beforeEach(async () => {
    proxy = await FaultyProxy.inFrontOf(engine().address);
    distant = await engine().openThrough(proxy);
  });
  afterEach(async () => {
    proxy.become('pass');
    await distant.close();
    await proxy.close();
  });

  it('says that the outcome is unknown when the answer is lost, and repeating finds it written', async () => {
    const streamId = newStreamId();
    await mustAppend(distant, sampleBatch(streamId, -1, 'first'));
    const batch = sampleBatch(streamId, 0, 'second', 2);
    proxy.become('lose-answers');
    const lost = await appendOne(distant, batch);
    expect(proxy.met).toBe(1);
    expect(lost.ok === false && lost.error).toBeInstanceOf(OutcomeUnknown);
    proxy.become('pass');
    await eventually(async () => (await readWhole(store(), streamId)).length === 3, 'the write to arrive');
    expect(await appendUntilSettled(distant, batch)).toMatchObject({ ok: true, lastRevision: 2 });
    expect(await readWhole(store(), streamId)).toHaveLength(3);
  });

  it('never says that a lost request was written or refused, and repeating writes it', async () => {
    const streamId = newStreamId();
    await mustAppend(distant, sampleBatch(streamId, -1, 'first'));
    const batch = sampleBatch(streamId, 0, 'second', 2);
    proxy.become('lose-requests');
    const lost = await appendOne(distant, batch);
    expect(proxy.met).toBe(1);
    expect(lost.ok === false && lost.error).toBeInstanceOf(OutcomeUnknown);
    expect(await readWhole(store(), streamId)).toHaveLength(1);
    proxy.become('pass');
    expect(await appendUntilSettled(distant, batch)).toMatchObject({ ok: true, lastRevision: 2 });
    expect(await readWhole(store(), streamId)).toHaveLength(3);
  });

  it('finds by repeating that somebody else wrote meanwhile', async () => {
    const streamId = newStreamId();
    await mustAppend(distant, sampleBatch(streamId, -1, 'first'));
    const batch = sampleBatch(streamId, 0, 'second');
    proxy.become('lose-requests');
    await appendOne(distant, batch);
    proxy.become('pass');
    await mustAppend(store(), sampleBatch(streamId, 0, 'rival'));
    expect(await appendUntilSettled(distant, batch)).toMatchObject({
      ok: false,
      error: { code: 'wrong-expected-revision', actual: 1 },
    });
  });

  it('claims nothing while nothing gets through, says so, and writes when it does again', async () => {
    const streamId = newStreamId();
    const batch = sampleBatch(streamId, -1, 'first');
    proxy.become('refuse');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const result = await appendOne(distant, batch);
      expect(result.ok === false && ['unavailable', 'outcome-unknown']).toContain(!result.ok && result.error.code);
    }
    await expect(distant.readStream(streamId, { limit: 1 })).rejects.toBeInstanceOf(Unavailable);
    const health = await distant.health();
    expect(health.ready).toBe(false);
    expect(health.reason).toMatch(/connection/);
    proxy.become('pass');
    expect(await appendUntilSettled(distant, batch)).toMatchObject({ ok: true, lastRevision: 0 });
    expect(await distant.health()).toEqual({ ready: true });
  });

  it('writes everything exactly once, without holes, under connections that keep breaking', async () => {
    const rounds = 20;
    let [settled, isWriting] = [0, true];
    const writers = Array.from({ length: 6 }, async () => {
      const streams = [newStreamId(), newStreamId()];
      for (let round = 0; round < rounds; round += 1) {
        const batches = streams.map((id) => sampleBatch(id, 2 * round - 1, `round ${round}`, 2));
        const results = await Promise.all(batches.map((batch) => appendUntilSettled(distant, batch)));
        for (const result of results) expect(result).toMatchObject({ ok: true, lastRevision: 2 * round + 1 });
        settled += 1;
      }
      return streams;
    });
    const breaking = (async () => {
      for (let turn = 0; isWriting; turn += 1) {
        // Some writes between two faults: else a slow machine never gets beyond connecting.
        const [enough, met] = [settled + 4, proxy.met];
        await eventually(() => settled >= enough || !isWriting, 'writes to get through');
        proxy.become((['lose-answers', 'lose-requests', 'refuse'] as const)[turn % 3] ?? 'pass');
        if (turn % 3 !== 2) await eventually(() => proxy.met > met || !isWriting, 'a connection to break');
        proxy.become('pass');
      }
    })();
    const streams = (await Promise.all(writers)).flat();
    isWriting = false;
    await breaking;
    expect(proxy.met).toBeGreaterThan(5);
    for (const streamId of streams) {
      const events = await readWhole(store(), streamId);
      const written = Array.from(
        { length: rounds },
        (_, round) => sampleBatch(streamId, 0, `round ${round}`, 2).events,
      );
      expect(events.map(({ id }) => id)).toEqual(written.flat().map(({ id }) => id));
      expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    }
  }, 120_000);

  it('goes on reading to subscribers after the connection was lost', async () => {
    const streamId = newStreamId();
    const seen: string[] = [];
    const start = await mustAppend(store(), sampleBatch(streamId, -1, 'first'));
    const subscription = distant.subscribeToAll({
      after: start,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void seen.push(...events.map(({ id }) => id)),
      onError: () => undefined,
    });
    proxy.become('refuse');
    const batch = sampleBatch(streamId, 0, 'second', 25);
    await mustAppend(store(), batch);
    proxy.become('pass');
    await eventually(() => seen.length >= 25, 'the events of the second append');
    expect(seen).toEqual(batch.events.map(({ id }) => id));
    await subscription.stop();
  });
}
