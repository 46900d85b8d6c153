import type { FeedConsumer } from '@duestream/event-feed';
import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { Generation } from './database/generation';
import { applyBatch } from './projection/apply-batch';
import { ReadModels } from './read-models';
import { MemoryFeed } from './testing/memory-feed';
import { partitioned } from './testing/partitioned-feed';

/** Longer than any test may take. */
const FOR_EVER_MS = 3_600_000;

const positionAt = (n: number): string => String(n).padStart(12, '0');

describe('who waits for a position of which this process brings some partitions only', () => {
  let database: TestDatabase;
  let models: ReadModels;
  let elsewhere: Generation;
  let consumer: FeedConsumer | null = null;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { connectionString } = database;
    const feed = partitioned(new MemoryFeed().feed, { onSubscribe: (its) => (consumer = its) });
    const businessDate = () => '2026-06-30';
    const settings = { connectionString, maxConnections: 4 };
    models = await ReadModels.open({ ...settings, feed, businessDate, timeZone: 'UTC', paceMs: 0 });
    models.start();
    elsewhere = await Generation.open({ ...settings, pipelined: true }, 1);
  });
  afterAll(async () => {
    await elsewhere.close();
    await models.close();
    await database.drop();
  });

  it('is told once the others are there, while its own go on moving', async () => {
    let isWaiting = true;
    const moving = (async () => {
      await consumer?.readCheckpoint('left');
      let expected: string | null = null;
      for (let n = 10; isWaiting; n += 1) {
        const position = positionAt(n);
        await consumer?.handle({ partition: 'left', expected, next: position, position, events: [] });
        expected = position;
      }
      return Number(expected);
    })();
    const waiting = models.waitFor(positionAt(10), FOR_EVER_MS).finally(() => {
      isWaiting = false;
    });
    for (const partition of ['right', 'idle']) {
      const position = positionAt(11);
      await applyBatch(elsewhere, { partition, expected: null, next: position, position, events: [] });
    }
    await waiting;
    expect(await moving).toBeGreaterThanOrEqual(10);
    expect(await models.position()).not.toBeNull();
  });

  it('is refused when they do not come in time', async () => {
    await expect(models.waitFor(positionAt(99_999), 150)).rejects.toMatchObject({ wanted: positionAt(99_999) });
  });
});
