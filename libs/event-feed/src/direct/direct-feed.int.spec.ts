import { PostgresEventStore } from '@duestream/event-store';
import { createTestDatabase } from '@duestream/platform/testing';
import { describeEventFeed, type FeedUnderTest } from '../testing/describe-event-feed';
import { StoreWriter } from '../testing/store-writer';
import { directFeed } from './direct-feed';

describeEventFeed('direct, on the PostgreSQL event store', start);

async function start(): Promise<FeedUnderTest> {
  const database = await createTestDatabase();
  const store = await PostgresEventStore.open({ connectionString: database.connectionString });
  const feed = directFeed({ store });
  const writer = new StoreWriter(store);
  return {
    feed,
    history: feed,
    write: (accountId, count) => writer.write(accountId, count),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
