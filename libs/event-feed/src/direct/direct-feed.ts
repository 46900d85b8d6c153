import type { PublicEvent } from '@duestream/contracts';
import { accountStreamId, type EventStore, type StoredEvent } from '@duestream/event-store';
import type { AccountId } from '@duestream/domain';
import {
  UnreadablePosition,
  type Checkpoint,
  type EventFeed,
  type EventHistory,
  type FeedConsumer,
  type FeedLag,
  type FeedSubscription,
  type HistoryPage,
} from '../port';
import { publishStored } from './publish';
import { DirectSubscription } from './direct-subscription';

/** The only partition: the store's own order. */
export const DIRECT_PARTITION = 'all';
const MAX_COUNTED_LAG = 1_000;

export interface DirectFeedOptions {
  readonly store: Pick<EventStore, 'readAll' | 'readStream' | 'subscribeToAll' | 'comparePositions'>;
  /** Null: not for the public. Default: accounts' events through upcasting and contracts' `toPublicEvent`. */
  readonly publish?: (stored: StoredEvent) => PublicEvent | null;
  readonly now?: () => Date;
}

/** Feeds projections from the event store in this process. Checkpoints are the store's positions. */
export function directFeed(options: DirectFeedOptions): EventFeed & EventHistory {
  const { store, publish = publishStored, now = () => new Date() } = options;

  return {
    subscribe(consumer: FeedConsumer): FeedSubscription {
      return new DirectSubscription(store, publish, consumer, DIRECT_PARTITION);
    },

    async lag(checkpoints: ReadonlyMap<string, Checkpoint>): Promise<FeedLag> {
      const after = checkpoints.get(DIRECT_PARTITION) ?? null;
      const page = await store.readAll({ after, limit: MAX_COUNTED_LAG });
      const oldest = page.events[0];
      if (oldest === undefined) return { events: 0, atLeast: false, seconds: 0 };
      const recordedAt = publish(oldest)?.time;
      const ageMs = recordedAt === undefined ? 0 : now().getTime() - Date.parse(recordedAt);
      return { events: page.events.length, atLeast: !page.atEnd, seconds: Math.max(0, ageMs / 1_000) };
    },

    async partitions(): Promise<readonly string[]> {
      return Promise.resolve([DIRECT_PARTITION]);
    },

    partitionOf(): string {
      return DIRECT_PARTITION;
    },

    checkpointAt(position: string): Checkpoint {
      return position;
    },

    async readPage(after: string | null, limit: number): Promise<HistoryPage> {
      const page = await store.readAll({ after, limit });
      return {
        events: page.events.flatMap((stored) => publish(stored) ?? []),
        position: page.position,
        atEnd: page.atEnd,
      };
    },

    async readAccount(accountId: string, fromRevision: number, limit: number): Promise<readonly PublicEvent[]> {
      const stored = await store.readStream(accountStreamId(accountId as AccountId), { fromRevision, limit });
      return stored.flatMap((event) => publish(event) ?? []);
    },

    comparePositions(a: string, b: string): number {
      return compare(store, a, b);
    },
  };
}

function compare(store: DirectFeedOptions['store'], a: string, b: string): number {
  try {
    return store.comparePositions(a, b);
  } catch (error) {
    throw Object.assign(new UnreadablePosition(b), { cause: error });
  }
}
