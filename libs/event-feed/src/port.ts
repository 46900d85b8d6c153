import type { PublicEvent } from '@duestream/contracts';

/**
 * The way from the event store to projections. Events come in their public form, every account's in its order, at
 * least once. Two engines stand behind it (direct, Kafka), so positions and checkpoints are opaque strings, and the
 * consumer keeps its checkpoint itself, in the transaction of its rows.
 */
export interface EventFeed {
  /** Catches up from the consumer's checkpoints and stays. Batches of one partition come in order, one at a time. */
  subscribe(consumer: FeedConsumer): FeedSubscription;

  /** How far the checkpoints are behind what could be read now. */
  lag(checkpoints: ReadonlyMap<string, Checkpoint>): Promise<FeedLag>;

  /** The names under which a consumer must keep checkpoints. `direct` has one. */
  partitions(): Promise<readonly string[]>;

  /** In which of them an account's events come. */
  partitionOf(accountId: string): string;

  /** Where a consumer goes on that has taken everything up to a position of the store; the same in every partition. */
  checkpointAt(position: string): Checkpoint;
}

/** What has happened: everything in pages, for a rebuild, and single accounts. Served by the event store, whatever the
 * feed. */
export interface EventHistory {
  /** Events after a position (exclusive; null: from the start), at most `limit`. */
  readPage(after: string | null, limit: number): Promise<HistoryPage>;

  /** Events of one account from a revision on (inclusive), at most `limit`. An unknown account gives none. */
  readAccount(accountId: string, fromRevision: number, limit: number): Promise<readonly PublicEvent[]>;

  /** Negative, zero or positive as store position a is before, at or after b. Throws `UnreadablePosition`. */
  comparePositions(a: string, b: string): number;
}

/** Where a consumer goes on in a partition; null: at its start. */
export type Checkpoint = string | null;

export interface FeedConsumer {
  readonly name: string;
  readonly batchSize: number;
  /** How long to wait for more after being woken, so that events gather into one batch. */
  readonly lingerMs: number;

  /** From the consumer's own database, never from the feed's engine. */
  readCheckpoint(partition: string): Promise<Checkpoint>;

  /**
   * Writes the batch's rows and `next` in one transaction in which the checkpoint is compared and set:
   * `UPDATE … SET next = $next WHERE partition = $p AND next = $expected`. No row updated: roll back and answer
   * `fenced`; the feed reads the checkpoint again and goes on from there. A rejection is retried with back-off.
   */
  handle(batch: FeedBatch): Promise<'applied' | 'fenced'>;

  /** Everything that was readable has been handled. */
  onCaughtUp?(partition: string): void;

  /** A failed read or handler. The feed backs off and goes on from the last checkpoint. */
  onError(error: Error): void;
}

export interface FeedBatch {
  readonly partition: string;
  readonly expected: Checkpoint;
  readonly next: string;
  readonly events: readonly PublicEvent[];
  /** The store's position that this partition is complete up to once the batch is handled. */
  readonly position: string;
}

export interface FeedSubscription {
  /** Stops after the batch at hand. */
  stop(): Promise<void>;
}

export interface HistoryPage {
  readonly events: readonly PublicEvent[];
  /** Where to go on; equals `after` when there was nothing. */
  readonly position: string | null;
  /** True when the page ends at what was readable. */
  readonly atEnd: boolean;
}

export interface FeedLag {
  readonly events: number;
  /** True when there are more than were counted. */
  readonly atLeast: boolean;
  /** Age of the oldest event that has not been handled; 0 when there is none. */
  readonly seconds: number;
}

/** A text that is no position of this store. */
export class UnreadablePosition extends Error {
  readonly code = 'position.unreadable';
  constructor(readonly position: string) {
    super(`not a position of this event store: ${position.slice(0, 80)}`);
  }
}
