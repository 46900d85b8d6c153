import type { PublicEvent } from '@duestream/contracts';
import type { EventStore, StoredEvent, Subscription } from '@duestream/event-store';
import type { Checkpoint, FeedConsumer, FeedSubscription } from '../port';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** Whoever fenced us is at work on the next batch already. */
const FENCED_PAUSE_MS = 100;

/**
 * One consumer on the store's subscription. When the consumer answers `fenced` (somebody else moved its checkpoint),
 * the subscription begins again at the checkpoint that is there now.
 */
export class DirectSubscription implements FeedSubscription {
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly store: Pick<EventStore, 'subscribeToAll'>,
    private readonly publish: (stored: StoredEvent) => PublicEvent | null,
    private readonly consumer: FeedConsumer,
    private readonly partition: string,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await this.followFrom(await this.consumer.readCheckpoint(this.partition));
        await this.pause(FENCED_PAUSE_MS);
      } catch (error) {
        this.consumer.onError(asError(error));
        await this.pause(this.retryMs);
        this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  /**
   * Resolves when the consumer was fenced or the subscription stopped. While a full batch is handled the next is read
   * already; when it fails, this rejects, because the store takes it for delivered.
   */
  private async followFrom(checkpoint: Checkpoint): Promise<void> {
    let expected = checkpoint;
    let over = this.stopped.signal.aborted;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = () => {
        over = true;
        resolve();
      };
    });
    const handle = async (events: readonly PublicEvent[], next: string): Promise<void> => {
      const { partition } = this;
      const answer = await this.consumer.handle({ partition, expected, next, events, position: next });
      if (answer === 'fenced') return end();
      expected = next;
      this.retryMs = FIRST_RETRY_MS;
    };
    let underway: Promise<void> = Promise.resolve();
    const subscription: Subscription = this.store.subscribeToAll({
      after: checkpoint,
      batchSize: this.consumer.batchSize,
      lingerMs: this.consumer.lingerMs,
      onEvents: async (stored, position) => {
        if (over) return;
        const events = stored.flatMap((event) => this.publish(event) ?? []);
        await underway.catch(end);
        if (over) return;
        const handling = handle(events, position);
        if (stored.length < this.consumer.batchSize) return handling;
        underway = handling;
        underway.catch(end);
      },
      onCaughtUp: () => {
        underway.then(() => {
          if (!over) this.consumer.onCaughtUp?.(this.partition);
        }, end);
      },
      onError: (error) => {
        if (!over) this.consumer.onError(error);
      },
    });
    if (over) end();
    else this.stopped.signal.addEventListener('abort', end, { once: true });
    await ended;
    this.stopped.signal.removeEventListener('abort', end);
    await subscription.stop();
    await underway;
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopped.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.stopped.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.stopped.signal.addEventListener('abort', done, { once: true });
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
