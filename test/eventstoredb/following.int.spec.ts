import type { StoredEvent } from '@duestream/event-store';
import { endOfAll, eventually, mustAppend, newStreamId, readWhole, sampleBatch } from '@duestream/event-store/testing';
import { useStandInEngine, writeForeign } from './stand-in-engine';

const { node, store } = useStandInEngine();

describe('reading all of EventStoreDB', () => {
  it('leaves out what is not of accounts, however much of it there is', async () => {
    const streamId = newStreamId();
    for (const round of [0, 1, 2, 3]) {
      writeForeign(node(), 300);
      await mustAppend(store(), sampleBatch(streamId, 2 * round - 1, `round ${round}`, 2));
    }
    writeForeign(node(), 300);
    const own = await readWhole(store(), streamId);
    const seen: StoredEvent[] = [];
    let position: string | null = null;
    for (let atEnd = false; !atEnd;) {
      const page = await store().readAll({ after: position, limit: 3 });
      seen.push(...page.events);
      ({ position, atEnd } = page);
    }
    expect(seen).toEqual(own);
    expect(position).toBe(own.at(-1)?.position);
  });

  it('gives an empty page that is not the last rather than looking through a whole foreign log', async () => {
    writeForeign(node(), 7_000);
    const position = await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    const page = await store().readAll({ after: null, limit: 10_000 });
    expect(page).toMatchObject({ events: [], atEnd: false });
    const next = await store().readAll({ after: page.position, limit: 10 });
    expect(next).toMatchObject({ position, atEnd: true });
    expect(await endOfAll(store())).toBe(position);
  }, 120_000);
});

describe('a subscription to EventStoreDB', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  function follow(after: string | null) {
    const seen: StoredEvent[] = [];
    const errors: Error[] = [];
    const caughtUpAt: (string | null)[] = [];
    const subscription = store().subscribeToAll({
      after,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void seen.push(...events),
      onCaughtUp: (position) => void caughtUpAt.push(position),
      onError: (error) => void errors.push(error),
    });
    running.push(subscription);
    return { seen, errors, caughtUpAt, subscription };
  }

  it('begins again where it was when the server ends it, and loses and repeats nothing', async () => {
    const streamId = newStreamId();
    const { seen, errors, caughtUpAt } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    for (let round = 0; round < 5; round += 1) {
      await mustAppend(store(), sampleBatch(streamId, 7 * round - 1, `round ${round}`, 7));
      node().dropSubscriptions(round % 2 === 0 ? { says: 'too-slow' } : { says: 'not-ready' });
    }
    await eventually(() => seen.length >= 35 && errors.length > 0, 'all events');
    expect(seen).toEqual(await readWhole(store(), streamId));
    expect(errors[0]?.message).toMatch(/connection to the event store/);
  });

  it('says that it has caught up also where the server does not', async () => {
    node().faults.announcesCaughtUp = false;
    const position = await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first', 25));
    const { seen, caughtUpAt } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    expect(seen).toHaveLength(25);
    expect(caughtUpAt).toEqual([position]);
    const live = await mustAppend(store(), sampleBatch(newStreamId(), -1, 'live'));
    await eventually(() => caughtUpAt.at(-1) === live, 'the live event');
  });

  it('does not look again through what others wrote, thanks to checkpoints', async () => {
    const position = await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    const { caughtUpAt, seen } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    writeForeign(node(), 5_000);
    const streamId = newStreamId();
    const live = await mustAppend(store(), sampleBatch(streamId, -1, 'live'));
    await eventually(() => caughtUpAt.at(-1) === live, 'the live event');
    writeForeign(node(), 5_000);
    await eventually(async () => {
      node().dropSubscriptions();
      await eventually(() => node().subscribers === 1, 'the subscription to be there again');
      return placeOf(live) < (node().subscribedFrom.at(-1) ?? 0n);
    }, 'a checkpoint to be taken up');
    await mustAppend(store(), sampleBatch(streamId, 0, 'later'));
    await eventually(() => seen.length >= 3, 'the last event');
    expect(seen.map(({ position: place }) => place).slice(0, 2)).toEqual([position, live]);
    expect(seen).toHaveLength(3);
  });

  it('delivers again what failed, though a checkpoint came meanwhile', async () => {
    const streamId = newStreamId();
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 5));
    const done: number[] = [];
    const errors: Error[] = [];
    const subscription = store().subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => {
        if (errors.length === 0) {
          writeForeign(node(), 3_000);
          await eventually(() => node().calls.checkpointsSent > 0, 'a checkpoint');
          for (let reads = 0; reads < 20; reads += 1) await store().readHead(streamId);
          throw new Error('the projection failed');
        }
        done.push(...events.map(({ revision }) => revision));
      },
      onError: (error) => void errors.push(error),
    });
    running.push(subscription);
    await eventually(() => done.length >= 5, 'the events again');
    expect(done).toEqual([0, 1, 2, 3, 4]);
  });

  it('holds the server back while the consumer is slow, and ends at the server when it is stopped', async () => {
    const streamId = newStreamId();
    const data = JSON.stringify('x'.repeat(10_000));
    for (let revision = 0; revision < 2_000; revision += 50) {
      const { events, ...batch } = sampleBatch(streamId, revision - 1, `from ${revision}`, 50);
      await mustAppend(store(), { ...batch, events: events.map((event) => ({ ...event, data })) });
    }
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    let delivered = 0;
    const subscription = store().subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => {
        delivered += events.length;
        await slow;
      },
      onError: () => undefined,
    });
    running.push(subscription);
    await eventually(() => delivered > 0, 'the first batch');
    for (let reads = 0; reads < 200; reads += 1) await store().readHead(streamId);
    expect(node().calls.eventsSentToSubscribers).toBeLessThan(500);
    release();
    await eventually(() => delivered === 2_000, 'all events');
    await subscription.stop();
    await eventually(() => node().subscribers === 0, 'the call to end');
  });

  it('says so when the log ends before its position, as after a restore, and skips nothing', async () => {
    const position = await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    const later = `C${placeOf(position) + 1_000n}-P${placeOf(position) + 1_000n}`;
    const { errors, seen, caughtUpAt } = follow(later);
    await eventually(() => errors.length > 0, 'the complaint');
    expect(errors[0]?.message).toMatch(/ends at C\d+-P\d+, before C\d+-P\d+: restored\?/);
    expect([seen, caughtUpAt]).toEqual([[], []]);
  });

  it('is refused from a position of another engine', () => {
    expect(() => follow('1-2-3')).toThrow(RangeError);
  });
});

function placeOf(position: string): bigint {
  return BigInt(/^C(\d+)-/.exec(position)?.[1] ?? 0);
}
