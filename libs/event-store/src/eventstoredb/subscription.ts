import { streamNameFilter, START, type EventStoreDBClient, type Position } from '@eventstore/db-client';
import { Unavailable, type ReadAllOptions, type ReadAllPage, type SubscribeOptions, type Subscription } from '../port';
import { readError } from './errors';
import { LiveEvents, type OpenSubscription } from './live-events';
import { comparePlaces, comparePositions, parsePosition, positionText } from './position';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** After so long without an event, a server that does not say when all was delivered is asked. */
const FIRST_QUIET_MS = 100;
const LAST_QUIET_MS = 2_000;
/** While catching up there is always more to come: no batches of one. */
const CATCH_UP_LINGER_MS = 5;
/** In units of the server's search window, which is 32 events. */
const CHECKPOINT_INTERVAL = 32;

export interface SubscriptionSource {
  readonly client: EventStoreDBClient;
  /** Streams of other names are left out by the server. */
  readonly prefix: string;
  readAll(options: ReadAllOptions): Promise<ReadAllPage>;
  /** Of the log's newest event, whoever wrote it; null while there is none. */
  readLastPosition(): Promise<Position | null>;
}

/**
 * Follows the log from a position. The server ends a subscription by an error alone, and nothing resumes it: then
 * another begins where the last one had got to. What was delivered before a failure is not delivered again, what
 * failed is.
 */
export class FollowingSubscription implements Subscription {
  private readonly running: Promise<void>;
  private isStopped = false;
  private interrupt: (() => void) | null = null;
  private position: string | null;
  /** Where to begin: after the last delivered event, or further, where nothing of ours stands before that. */
  private from: string | null;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly source: SubscriptionSource,
    private readonly options: SubscribeOptions,
  ) {
    if (options.after !== null) parsePosition(options.after);
    this.position = options.after;
    this.from = options.after;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.interrupt?.();
    await this.running;
  }

  private async run(): Promise<void> {
    // The constructor's caller gets its subscription before the first delivery.
    await Promise.resolve();
    while (!this.isStopped) {
      try {
        await this.followOneCall();
      } catch (error) {
        if (this.isStopped) break;
        this.options.onError(error instanceof HandlerFailed ? error.cause : readError(error));
      }
      await this.pause(this.retryMs);
      this.retryMs = Math.min(2 * this.retryMs, LAST_RETRY_MS);
    }
  }

  private async followOneCall(): Promise<void> {
    await this.assertReachable();
    const live = new LiveEvents((onCheckpoint) => this.open(onCheckpoint), 2 * this.options.batchSize);
    try {
      await this.follow(live);
    } finally {
      this.from = laterOf(this.position, live.checkpoint ?? this.from);
      await live.close();
    }
  }

  /** A log that ends before the position would be followed in silence, and what is written next would be skipped. */
  private async assertReachable(): Promise<void> {
    if (this.from === null) return;
    const last = await this.source.readLastPosition();
    if (last !== null && comparePlaces(parsePosition(this.from), last) <= 0) return;
    const end = last === null ? 'is empty' : `ends at ${positionText(last)}`;
    throw new Unavailable(`the event store ${end}, before ${this.from}: restored? then the read models are of another`);
  }

  private open(checkpointReached: Parameters<OpenSubscription>[0]): ReturnType<OpenSubscription> {
    const { from } = this;
    const { client, prefix } = this.source;
    const filter = streamNameFilter({
      prefixes: [prefix],
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (_, position) => checkpointReached(position),
    });
    return client.subscribeToAll({ fromPosition: from === null ? START : parsePosition(from), filter });
  }

  /** Resolves when stopped, rejects when the call broke or the handler failed. */
  private async follow(live: LiveEvents): Promise<void> {
    this.interrupt = () => live.interrupt();
    const { batchSize, lingerMs } = this.options;
    let [isLive, quietMs] = [false, FIRST_QUIET_MS];
    while (!this.isStopped) {
      if (!isLive && live.isCaughtUp) {
        isLive = true;
        this.caughtUp();
      }
      if (live.hasFallenBehind) isLive = false;
      await live.news(isLive ? LAST_QUIET_MS : quietMs);
      if (live.size > 0) {
        await live.gather(batchSize, isLive ? lingerMs : Math.max(lingerMs, CATCH_UP_LINGER_MS));
        if (this.isStopped) return;
        await this.deliver(live);
        quietMs = FIRST_QUIET_MS;
        if (isLive && live.isEmpty) this.caughtUp();
      } else if (!isLive && !live.isCaughtUp && !this.isStopped) {
        isLive = await this.isAtEnd(live);
        quietMs = Math.min(2 * quietMs, LAST_QUIET_MS);
        if (isLive) this.caughtUp();
      }
    }
  }

  private async deliver(live: LiveEvents): Promise<void> {
    const events = live.next(this.options.batchSize);
    const last = events.at(-1);
    if (last === undefined) return;
    try {
      await this.options.onEvents(events, last.position);
    } catch (error) {
      throw new HandlerFailed(error);
    }
    this.position = last.position;
    live.delivered();
    this.retryMs = FIRST_RETRY_MS;
  }

  private async isAtEnd(live: LiveEvents): Promise<boolean> {
    const { events, atEnd } = await this.source.readAll({ after: this.position, limit: 1 });
    return live.size === 0 && events.length === 0 && atEnd;
  }

  private caughtUp(): void {
    if (!this.isStopped) this.options.onCaughtUp?.(this.position);
  }

  private pause(ms: number): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.interrupt = end;
    });
  }
}

/** Tells what the consumer threw from what the engine did. */
class HandlerFailed extends Error {
  override readonly cause: Error;
  constructor(thrown: unknown) {
    super('the handler failed');
    this.cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}

function laterOf(position: string | null, checkpoint: string | null): string | null {
  if (position === null || checkpoint === null) return position ?? checkpoint;
  return comparePositions(position, checkpoint) < 0 ? checkpoint : position;
}
