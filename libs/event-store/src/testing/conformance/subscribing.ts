import type { EventStore, StoredEvent, SubscribeOptions, Subscription } from '../../port';
import type { Stores } from '../engine-under-test';
import { endOfAll, eventually, mustAppend, newStreamId, sampleBatch } from '../samples';

export function subscribing({ store, another }: Stores): void {
  const running: Subscription[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((subscription) => subscription.stop()));
  });

  /** A subscriber that keeps what it gets. */
  function follow(on: EventStore, after: string | null, options: Partial<SubscribeOptions> = {}) {
    const events: StoredEvent[] = [];
    const sizes: number[] = [];
    const caughtUpAt: (string | null)[] = [];
    const subscription = on.subscribeToAll({
      after,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (batch) => {
        events.push(...batch);
        sizes.push(batch.length);
      },
      onCaughtUp: (position) => void caughtUpAt.push(position),
      onError: (error) => {
        throw error;
      },
      ...options,
    });
    running.push(subscription);
    return { events, sizes, caughtUpAt, subscription };
  }

  it('catches up from a position, in order and in batches, and goes live', async () => {
    const streamId = newStreamId();
    const start = await endOfAll(store());
    await mustAppend(store(), sampleBatch(streamId, -1, 'before', 25));
    const { events, sizes, caughtUpAt } = follow(store(), start);
    await eventually(() => caughtUpAt.length > 0 && events.length === 25, 'the past');
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    const position = await mustAppend(store(), sampleBatch(streamId, 24, 'live', 5));
    await eventually(() => caughtUpAt.at(-1) === position, 'the live events');
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it('begins with the first event of all without a position', async () => {
    await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    const [first] = (await store().readAll({ after: null, limit: 1 })).events;
    const { events } = follow(store(), null, { batchSize: 100 });
    await eventually(() => events.length > 0, 'the first event');
    expect(events[0]).toEqual(first);
  });

  it('delivers what another process writes', async () => {
    const streamId = newStreamId();
    const { events } = follow(store(), await endOfAll(store()));
    await mustAppend(await another(), sampleBatch(streamId, -1, 'elsewhere', 3));
    await eventually(() => events.length === 3, 'the events of the other process');
    expect(events.every((event) => event.streamId === streamId)).toBe(true);
  });

  it('delivers the next batch only after the handler is done with the last', async () => {
    const streamId = newStreamId();
    const start = await endOfAll(store());
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 30));
    let [handling, most, delivered] = [0, 0, 0];
    follow(store(), start, {
      batchSize: 7,
      onEvents: async (batch) => {
        handling += 1;
        most = Math.max(most, handling);
        await store().readHead(streamId);
        delivered += batch.length;
        handling -= 1;
      },
    });
    await eventually(() => delivered === 30, 'all events');
    expect(most).toBe(1);
  });

  it('delivers a batch again whose handler failed, and none before it', async () => {
    const streamId = newStreamId();
    const start = await endOfAll(store());
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 12));
    const done: number[] = [];
    const errors: Error[] = [];
    let failures = 2;
    follow(store(), start, {
      batchSize: 5,
      onEvents: async (batch) => {
        if (batch.some(({ revision }) => revision === 7) && failures > 0) {
          failures -= 1;
          throw new Error('the projection failed');
        }
        done.push(...batch.map(({ revision }) => revision));
      },
      onError: (error) => void errors.push(error),
    });
    await eventually(() => done.length >= 12, 'the events after the failure');
    expect(done).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(errors.map(({ message }) => message)).toEqual(['the projection failed', 'the projection failed']);
  });

  it('gathers what follows closely into one batch', async () => {
    const streams = Array.from({ length: 8 }, newStreamId);
    const { events, sizes, caughtUpAt } = follow(store(), await endOfAll(store()), { batchSize: 100, lingerMs: 200 });
    await eventually(() => caughtUpAt.length > 0, 'the subscription to wait');
    for (const streamId of streams) await mustAppend(store(), sampleBatch(streamId, -1, 'first'));
    await eventually(() => events.length === 8, 'all events');
    expect(sizes.length).toBeLessThan(8);
  });

  it('delivers nothing after it was stopped', async () => {
    const { events, caughtUpAt, subscription } = follow(store(), await endOfAll(store()));
    await eventually(() => caughtUpAt.length > 0, 'the subscription to wait');
    await subscription.stop();
    const later = follow(store(), await endOfAll(store()));
    await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    await eventually(() => later.events.length === 1, 'the other subscriber');
    expect(events).toEqual([]);
  });
}
