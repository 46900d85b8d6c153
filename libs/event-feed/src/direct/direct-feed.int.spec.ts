import type { AccountId, LocalDate } from '@duestream/domain';
import { PostgresEventStore, accountStreamId, sealCommand } from '@duestream/event-store';
import { createTestDatabase } from '@duestream/platform/testing';
import { describeEventFeed, type FeedUnderTest } from '../testing/describe-event-feed';
import { directFeed } from './direct-feed';

describeEventFeed('direct, on the PostgreSQL event store', start);

async function start(): Promise<FeedUnderTest> {
  const database = await createTestDatabase();
  const store = await PostgresEventStore.open({ connectionString: database.connectionString });
  const feed = directFeed({ store });
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  return {
    feed,
    history: feed,
    write: async (id, count) => {
      const accountId = id as AccountId;
      for (let written = 0; written < count; written += 1) {
        const head = heads.get(id) ?? null;
        const firstRevision = head === null ? 0 : head.revision + 1;
        const sealed = sealCommand({
          accountId,
          commandId: `${id}-${firstRevision}`,
          firstRevision,
          previousHash: head?.hash ?? null,
          recordedAt: new Date(Date.UTC(2026, 0, 1)).toISOString() as never,
          businessDate: '2026-01-01' as LocalDate,
          causation: { source: '/test', id: `${id}-${firstRevision}` },
          actor: { id: 'tester', via: 'test', authenticated: false },
          events: [
            {
              type: 'account.unblocked.v1',
              data: { unblockedOn: '2026-01-01' as LocalDate, contentHash: '' },
              effectiveAt: '2026-01-01' as LocalDate,
              cause: { source: '/test', id: `${id}-${firstRevision}` },
            },
          ],
        });
        const batch = {
          streamId: accountStreamId(accountId),
          expectedRevision: firstRevision - 1,
          events: sealed.toAppend,
        };
        const [result] = await store.append([batch]);
        if (result?.ok !== true) throw result?.error ?? new Error('nothing was appended');
        heads.set(id, { revision: firstRevision, hash: sealed.lastHash });
      }
    },
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
