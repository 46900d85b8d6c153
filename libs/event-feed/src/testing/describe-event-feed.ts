import type { PublicEvent } from '@duestream/contracts';
import type { Checkpoint, EventFeed, EventHistory, FeedBatch, FeedConsumer } from '../port';

/** A feed under test and a way to make events that it delivers. */
export interface FeedUnderTest {
  readonly feed: EventFeed;
  readonly history: EventHistory;
  /** Writes so many more events of the account; they are readable when it resolves. */
  write(accountId: string, count: number): Promise<void>;
  close(): Promise<void>;
}

/** What every adapter of the port must do. */
export function describeEventFeed(name: string, start: () => Promise<FeedUnderTest>): void {
  describe(`${name} as an event feed`, () => {
    let under: FeedUnderTest;
    beforeEach(async () => {
      under = await start();
    });
    afterEach(() => under.close());

    it('delivers what was there and what comes, every account in its order', async () => {
      await under.write('A', 30);
      const consumer = new Recorder();
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(30);
      await Promise.all([under.write('A', 20), under.write('B', 25)]);
      await consumer.has(75);
      await subscription.stop();
      expect(consumer.revisionsOf('A')).toEqual(range(50));
      expect(consumer.revisionsOf('B')).toEqual(range(25));
    });

    it('hands over batches that begin where the one before ended, and no larger than asked for', async () => {
      await under.write('A', 45);
      const consumer = new Recorder();
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(45);
      await subscription.stop();
      expect(Math.max(...consumer.batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(consumer.batchSize);
      for (const partition of await under.feed.partitions()) {
        const batches = consumer.batches.filter((batch) => batch.partition === partition);
        for (const [index, batch] of batches.entries()) {
          expect(batch.expected).toBe(index === 0 ? null : batches[index - 1]?.next);
        }
      }
    });

    it('goes on from the stored checkpoint after a stop, without loss and without repetition', async () => {
      await under.write('A', 12);
      const consumer = new Recorder();
      const first = under.feed.subscribe(consumer);
      await consumer.has(12);
      await first.stop();
      await under.write('A', 8);
      const second = under.feed.subscribe(consumer);
      await consumer.has(20);
      await second.stop();
      expect(consumer.revisionsOf('A')).toEqual(range(20));
    });

    it('delivers a batch again when its handler failed', async () => {
      await under.write('A', 15);
      const consumer = new Recorder();
      consumer.failures = 2;
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(15);
      await subscription.stop();
      expect(consumer.errors).toHaveLength(2);
      expect(consumer.revisionsOf('A')).toEqual(range(15));
    });

    it('begins again at the checkpoint that is there when somebody else moved it', async () => {
      await under.write('A', 10);
      const consumer = new Recorder();
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(10);
      await under.write('A', 10);
      await consumer.has(20);
      // Somebody restored an older checkpoint: the next batch meets the fence.
      const begin = consumer.batches.find(({ events }) => events.length > 0);
      consumer.checkpoints.set(begin?.partition ?? '', begin?.next ?? null);
      await under.write('A', 5);
      await consumer.meets(() => consumer.fenced > 0 && consumer.revisionsOf('A').at(-1) === 24);
      await subscription.stop();
      expect(new Set(consumer.revisionsOf('A'))).toEqual(new Set(range(25)));
    });

    it('tells the lag of a checkpoint', async () => {
      await under.write('A', 7);
      const atStart = (await under.feed.partitions()).map((partition): [string, Checkpoint] => [partition, null]);
      expect(await under.feed.lag(new Map(atStart))).toMatchObject({ events: 7, atLeast: false });
      const consumer = new Recorder();
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(7);
      await subscription.stop();
      expect(await under.feed.lag(consumer.checkpoints)).toEqual({ events: 0, atLeast: false, seconds: 0 });
    });

    it('is behind while one partition is, however much the others have had since', async () => {
      const { feed, history } = under;
      const others = range(100).map((n) => `B-${n}`);
      const other = others.find((account) => feed.partitionOf(account) !== feed.partitionOf('A')) ?? 'A';
      await under.write('A', 1);
      const early = await history.readPage(null, 10);
      await under.write(other, 1_000);
      await under.write('A', 1);
      const end = await history.readPage(null, 2_000);
      const checkpoints = (await feed.partitions()).map((partition): [string, Checkpoint] => {
        const { position } = partition === feed.partitionOf('A') ? early : end;
        return [partition, feed.checkpointAt(position ?? '')];
      });
      const { events, seconds } = await feed.lag(new Map(checkpoints));
      expect(events).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThan(0);
    });

    it('goes on after everything up to a position when a checkpoint was made of it', async () => {
      await under.write('A', 9);
      const { position } = await under.history.readPage(null, 100);
      const consumer = new Recorder();
      for (const partition of await under.feed.partitions()) {
        consumer.checkpoints.set(partition, under.feed.checkpointAt(position ?? ''));
      }
      expect(await under.feed.lag(consumer.checkpoints)).toMatchObject({ events: 0 });
      await under.write('A', 4);
      const subscription = under.feed.subscribe(consumer);
      await consumer.meets(() => consumer.revisionsOf('A').at(-1) === 12);
      await subscription.stop();
      // What came before the position may come again, never what comes after it not at all.
      expect(new Set(consumer.revisionsOf('A').filter((revision) => revision > 8))).toEqual(new Set([9, 10, 11, 12]));
    });

    it('shows a position once it is complete up to it, also where nothing of the write was', async () => {
      await under.write('A', 3);
      const { position } = await under.history.readPage(null, 100);
      const consumer = new Recorder();
      const subscription = under.feed.subscribe(consumer);
      await consumer.has(3);
      for (const partition of await under.feed.partitions()) {
        await consumer.meets(() => {
          const reached = consumer.positionOf(partition);
          return reached !== null && under.history.comparePositions(reached, position ?? '') >= 0;
        });
      }
      await subscription.stop();
    });

    it('reads its history in pages, in an order that positions tell', async () => {
      await under.write('A', 11);
      const events: PublicEvent[] = [];
      let after: string | null = null;
      for (let atEnd = false; !atEnd;) {
        const page = await under.history.readPage(after, 4);
        events.push(...page.events);
        atEnd = page.atEnd;
        after = page.position;
      }
      expect(events.map((event) => Number(event.accountrevision))).toEqual(range(11));
      const positions = events.map((event) => event.position);
      const sorted = [...positions].sort((a, b) => under.history.comparePositions(a, b));
      expect(sorted).toEqual(positions);
      expect(() => under.history.comparePositions(positions[0] ?? '', 'nonsense')).toThrow('not a position');
    });

    it('reads the history of one account from any revision', async () => {
      await Promise.all([under.write('A', 9), under.write('B', 3)]);
      const read = async (accountId: string, from: number, limit: number): Promise<readonly number[]> => {
        const events = await under.history.readAccount(accountId, from, limit);
        expect(events.every(({ subject }) => subject === accountId)).toBe(true);
        return events.map(({ accountrevision }) => Number(accountrevision));
      };
      expect(await read('A', 4, 3)).toEqual([4, 5, 6]);
      expect(await read('A', 7, 100)).toEqual([7, 8]);
      expect(await read('A', 9, 100)).toEqual([]);
      expect(await read('UNKNOWN', 0, 100)).toEqual([]);
    });
  });
}

/** A consumer with the fence that the port asks for, in memory. */
class Recorder implements FeedConsumer {
  readonly name = 'recorder';
  readonly batchSize = 10;
  readonly lingerMs = 0;
  readonly batches: FeedBatch[] = [];
  readonly errors: Error[] = [];
  readonly checkpoints = new Map<string, Checkpoint>();
  failures = 0;
  fenced = 0;
  private readonly watchers = new Set<() => void>();

  readCheckpoint(partition: string): Promise<Checkpoint> {
    return Promise.resolve(this.checkpoints.get(partition) ?? null);
  }

  handle(batch: FeedBatch): Promise<'applied' | 'fenced'> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('the handler failed, as the test asked'));
    }
    const isExpected = (this.checkpoints.get(batch.partition) ?? null) === batch.expected;
    if (isExpected) {
      this.checkpoints.set(batch.partition, batch.next);
      this.batches.push(batch);
    } else {
      this.fenced += 1;
    }
    for (const watcher of this.watchers) watcher();
    return Promise.resolve(isExpected ? 'applied' : 'fenced');
  }

  onError(error: Error): void {
    this.errors.push(error);
  }

  has(events: number): Promise<void> {
    return this.meets(() => this.batches.reduce((sum, batch) => sum + batch.events.length, 0) >= events);
  }

  meets(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        if (!condition()) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
      watcher();
    });
  }

  /** How far the partition is complete. */
  positionOf(partition: string): string | null {
    return this.batches.filter((batch) => batch.partition === partition).at(-1)?.position ?? null;
  }

  revisionsOf(accountId: string): number[] {
    const events = this.batches.flatMap((batch) => batch.events);
    return events.filter(({ subject }) => subject === accountId).map((event) => Number(event.accountrevision));
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
