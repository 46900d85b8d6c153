import type { AccountId } from '@duestream/domain';
import { accountStreamId, bytesOf, eventIdOf, PostgresEventStore, type EventToAppend } from '@duestream/event-store';
import { useTestDatabase } from '@duestream/platform/testing';
import { MAX_HISTORY_PAGE_BYTES, readStoredHistory, type StoredHistoryItem } from './read-history';

const database = useTestDatabase();

describe('a page of an account’s history', () => {
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ connectionString: database().connectionString });
  });
  afterAll(() => store.close());

  /** An account with one event for each size, and what they weigh. */
  async function accountOf(name: string, sizes: readonly number[]): Promise<{ id: AccountId; bytes: number[] }> {
    const id = name as AccountId;
    const streamId = accountStreamId(id);
    const bytes: number[] = [];
    for (const [index, size] of sizes.entries()) {
      const event: EventToAppend = {
        id: eventIdOf(streamId, 'large', index),
        type: 'order.placed.v1',
        data: JSON.stringify('x'.repeat(size)),
        metadata: '{}',
      };
      bytes.push(bytesOf(event));
      const [result] = await store.append([{ streamId, expectedRevision: index - 1, events: [event] }]);
      if (result?.ok !== true) throw new Error('the event was not written');
    }
    return { id, bytes };
  }

  /** The revisions of every page. */
  async function pagesOf(id: AccountId, maxBytes?: number): Promise<number[][]> {
    const pages: StoredHistoryItem[][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const asked = { limit: 1_000, ...(maxBytes && { maxBytes }), ...(cursor !== undefined && { cursor }) };
      const page = await readStoredHistory(store, id, asked);
      if (page === null) throw new Error('the account has no history');
      pages.push([...page.items]);
      cursor = page.nextCursor;
    }
    return pages.map((items) => items.map(({ revision }) => revision));
  }

  it('takes events up to the limit in bytes, and leaves the one past it for the next page', async () => {
    const { id, bytes } = await accountOf('C-LIMIT', [100, 200, 300, 50, 50]);
    const three = bytes.slice(0, 3).reduce((sum, one) => sum + one, 0);
    expect(await pagesOf(id, three)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(await pagesOf(id, three - 1)).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('has at least one event, however large that is', async () => {
    const { id } = await accountOf('C-ONE', [100, 200, 300]);
    expect(await pagesOf(id, 1)).toEqual([[0], [1], [2]]);
  });

  it('stays below 8 MiB where nothing else is asked, without a gap or a repetition', async () => {
    const { id, bytes } = await accountOf('C-LARGE', Array<number>(40).fill(800_000));
    const pages = await pagesOf(id);
    expect(pages.flat()).toEqual([...bytes.keys()]);
    for (const page of pages) {
      const weight = page.reduce((sum, revision) => sum + (bytes[revision] ?? 0), 0);
      expect(weight).toBeLessThanOrEqual(MAX_HISTORY_PAGE_BYTES);
    }
    expect(pages[0]).toHaveLength(10);
  });

  it('is as long as it was asked to be where the events are small', async () => {
    const { id } = await accountOf('C-SMALL', Array<number>(70).fill(10));
    const page = await readStoredHistory(store, id, { limit: 65 });
    expect([page?.items.length, page?.nextCursor]).toEqual([65, '65-69']);
  });
});
