import type { EventFeed, EventHistory, FeedConsumer } from '@duestream/event-feed';

export const PARTITIONS = ['left', 'right', 'idle'];

/** A feed as one of several partitions: an account's is what its name begins with. The test brings the batches. */
export function partitioned(
  feed: EventFeed & EventHistory,
  watch: { readonly onRead?: (after: string | null) => void; readonly onSubscribe?: (consumer: FeedConsumer) => void },
): EventFeed & EventHistory {
  return {
    ...feed,
    subscribe: (consumer) => {
      watch.onSubscribe?.(consumer);
      return { stop: () => Promise.resolve() };
    },
    partitions: () => Promise.resolve(PARTITIONS),
    partitionOf: (accountId) => accountId.split('-')[0] ?? '',
    readPage: (after, limit) => {
      watch.onRead?.(after);
      return feed.readPage(after, limit);
    },
  };
}
