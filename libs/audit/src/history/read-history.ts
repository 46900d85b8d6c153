import { publicData, type HistoryItem, type Page } from '@duestream/contracts';
import type { AccountId } from '@duestream/domain';
import { accountStreamId, bytesOf, openEvent, type EventStore, type StoredEvent } from '@duestream/event-store';

export type StreamReads = Pick<EventStore, 'readStream' | 'readHead'>;

/** What the events of one page weigh at most as they are stored, unless the first one alone weighs more. */
export const MAX_HISTORY_PAGE_BYTES = 8 * 1_024 * 1_024;

/** An event may be as large as a write: so much more than the page is in memory while it is read. */
const EVENTS_PER_READ = 32;

/** Revisions, both inclusive, from 0. */
export interface HistoryRange {
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly maxBytes?: number;
  readonly cursor?: string;
}

/** An event with the text that the store keeps, byte for byte; the hash in `metadata` is taken over it. */
export interface StoredHistoryItem {
  readonly revision: number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** A cursor that `readHistory` did not give out. */
export class UnreadableCursor extends Error {
  readonly code = 'cursor.unreadable';
}

/** Events of an account in the outbound form, read from the event store itself. Null: the account has none at all. */
export function readHistory(
  store: StreamReads,
  accountId: AccountId,
  range: HistoryRange,
): Promise<Page<HistoryItem> | null> {
  return readPage(store, accountId, range, toHistoryItem);
}

/** The same events as they are stored. */
export function readStoredHistory(
  store: StreamReads,
  accountId: AccountId,
  range: HistoryRange,
): Promise<Page<StoredHistoryItem> | null> {
  return readPage(store, accountId, range, ({ revision, position, id, type, data, metadata }) => {
    return { revision, position, id, type, data, metadata };
  });
}

async function readPage<Item>(
  store: StreamReads,
  accountId: AccountId,
  { from = 0, to = Number.MAX_SAFE_INTEGER, limit, maxBytes = MAX_HISTORY_PAGE_BYTES, cursor }: HistoryRange,
  toItem: (event: StoredEvent) => Item,
): Promise<Page<Item> | null> {
  const streamId = accountStreamId(accountId);
  const head = await store.readHead(streamId);
  if (head === null) return null;
  // What is written while somebody pages through belongs to the next reading.
  const span = cursor === undefined ? { next: from, last: Math.min(to, head.revision) } : spanOf(cursor, head.revision);
  const size = Math.min(limit, span.last - span.next + 1);
  if (size <= 0) return { items: [], nextCursor: null };
  const events = await readUpTo(store, streamId, { from: span.next, size, maxBytes });
  const next = span.next + events.length;
  const isLast = events.length === 0 || next > span.last;
  return { items: events.map(toItem), nextCursor: isLast ? null : `${next}-${span.last}` };
}

async function readUpTo(
  store: StreamReads,
  streamId: string,
  { from, size, maxBytes }: { readonly from: number; readonly size: number; readonly maxBytes: number },
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  while (events.length < size) {
    const limit = Math.min(EVENTS_PER_READ, size - events.length);
    const read = await store.readStream(streamId, { fromRevision: from + events.length, limit });
    for (const event of read) {
      bytes += bytesOf(event);
      if (bytes > maxBytes && events.length > 0) return events;
      events.push(event);
    }
    if (read.length < limit) return events;
  }
  return events;
}

function spanOf(cursor: string, headRevision: number): { readonly next: number; readonly last: number } {
  const [, next, last] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor)?.map(Number) ?? [];
  // One that was given out leads to a page that has something in it, and is not the first.
  if (next === undefined || last === undefined || next < 1 || next > last || last > headRevision) {
    throw new UnreadableCursor('the cursor is none that this list gave out');
  }
  return { next, last };
}

function toHistoryItem(stored: StoredEvent): HistoryItem {
  const { recorded, envelope, hash } = openEvent(stored);
  return {
    revision: stored.revision,
    position: stored.position,
    id: stored.id,
    type: `duestream.${recorded.type}`,
    effectiveAt: recorded.effectiveAt,
    recordedAt: recorded.recordedAt,
    actor: envelope.actor,
    data: { ...publicData(recorded) },
    hash,
  };
}
