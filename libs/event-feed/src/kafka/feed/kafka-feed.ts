import type { Kafka } from 'kafkajs';
import type { PublicEvent } from '@duestream/contracts';
import type { EventStore } from '@duestream/event-store';
import { directFeed } from '../../direct/direct-feed';
import type {
  Checkpoint,
  EventFeed,
  EventHistory,
  FeedConsumer,
  FeedLag,
  FeedSubscription,
  HistoryPage,
} from '../../port';
import { checkpointText, parseCheckpoint } from '../checkpoint';
import { partitionOf } from '../partitioning';
import { KafkaSubscription } from './kafka-subscription';

export interface KafkaFeedOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  readonly groupPrefix: string;
  /** For the history, for lag, and for what Kafka no longer has. */
  readonly store: Pick<EventStore, 'readAll' | 'readStream' | 'subscribeToAll' | 'comparePositions'>;
  readonly now?: () => Date;
}

const MAX_COUNTED_LAG = 1_000;

/** Feeds projections from Kafka. A checkpoint is a partition's next offset and how far the store is complete there. */
export function kafkaFeed(options: KafkaFeedOptions): EventFeed & EventHistory {
  const { store, partitions, now = () => new Date() } = options;
  const history = directFeed({ store });
  const names = Array.from({ length: partitions }, (_, partition) => String(partition));

  return {
    subscribe(consumer: FeedConsumer): FeedSubscription {
      return new KafkaSubscription({ history, ...options }, consumer);
    },

    /** Against the store: what the relay has not brought yet is behind as well. */
    async lag(checkpoints: ReadonlyMap<string, Checkpoint>): Promise<FeedLag> {
      const positions = names.map((name) => parseCheckpoint(checkpoints.get(name) ?? null).position);
      const isBehind = ({ subject, position }: PublicEvent): boolean => {
        const reached = positions[partitionOf(subject, partitions)] ?? null;
        return reached === null || history.comparePositions(position, reached) > 0;
      };
      let page: HistoryPage;
      let behind: readonly PublicEvent[];
      let after = leastPosition(positions, history);
      // A page may have nothing but what the other partitions are past already.
      do {
        page = await history.readPage(after, MAX_COUNTED_LAG);
        behind = page.events.filter(isBehind);
        after = page.position;
      } while (behind.length === 0 && !page.atEnd);
      const [oldest] = behind;
      const ageMs = oldest === undefined ? 0 : now().getTime() - Date.parse(oldest.time);
      return { events: behind.length, atLeast: !page.atEnd, seconds: Math.max(0, ageMs / 1_000) };
    },

    async partitions(): Promise<readonly string[]> {
      return Promise.resolve(names);
    },

    partitionOf(accountId: string): string {
      return String(partitionOf(accountId, partitions));
    },

    checkpointAt(position: string): Checkpoint {
      return checkpointText({ offset: null, position });
    },

    readPage: (after, limit) => history.readPage(after, limit),
    readAccount: (accountId, fromRevision, limit) => history.readAccount(accountId, fromRevision, limit),
    comparePositions: (a, b) => history.comparePositions(a, b),
  };
}

function leastPosition(
  positions: readonly (string | null)[],
  { comparePositions }: Pick<EventHistory, 'comparePositions'>,
): string | null {
  let least: string | null = positions[0] ?? null;
  for (const position of positions) {
    if (position === null || least === null) return null;
    if (comparePositions(position, least) < 0) least = position;
  }
  return least;
}
