import { assertPage } from '../page';
import type { ReadAllOptions, ReadAllPage, ReadStreamOptions, StoredEvent, StreamHead } from '../port';
import type { Connections } from './connections';
import { parsePosition, positionText } from './position';

/** PostgreSQL's greatest `int`: beyond every revision. */
const END = 2_147_483_647;

const COLUMNS = 'stream_id, revision, incarnation, xid, sequence, id, type, data, metadata';

interface EventRow {
  readonly stream_id: string;
  readonly revision: number;
  readonly incarnation: number;
  readonly xid: string;
  readonly sequence: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export async function readStream(
  connections: Connections,
  streamId: string,
  { fromRevision, direction = 'forwards', limit }: ReadStreamOptions,
): Promise<readonly StoredEvent[]> {
  assertPage(limit);
  const [beyond, order] = direction === 'forwards' ? ['>=', 'ASC'] : ['<=', 'DESC'];
  const from = Math.min(fromRevision ?? (direction === 'forwards' ? 0 : END), END);
  const { rows } = await connections.query<EventRow & Record<string, unknown>>({
    name: `store.read-${direction}`,
    text: `
      SELECT ${COLUMNS} FROM store.events
      WHERE stream_id = $1 AND revision ${beyond} $2
      ORDER BY revision ${order}
      LIMIT $3`,
    values: [streamId, from, limit],
  });
  return rows.map(toStoredEvent);
}

export async function readRevisions(
  connections: Connections,
  streamId: string,
  revisions: readonly number[],
): Promise<readonly StoredEvent[]> {
  if (revisions.length === 0) return [];
  assertPage(revisions.length);
  const { rows } = await connections.query<EventRow & Record<string, unknown>>({
    name: 'store.read-revisions',
    text: `SELECT ${COLUMNS} FROM store.events WHERE stream_id = $1 AND revision = ANY ($2::int[])`,
    values: [streamId, revisions.filter((revision) => revision >= 0 && revision <= END)],
  });
  const found = new Map(rows.map((row) => [row.revision, toStoredEvent(row)]));
  return revisions.flatMap((revision) => found.get(revision) ?? []);
}

/**
 * Only events of transactions that are older than every one still underway: anything that commits later comes after
 * them. Rows of former incarnations are below the bound whatever their transaction ids.
 */
export async function readAll(connections: Connections, { after, limit }: ReadAllOptions): Promise<ReadAllPage> {
  assertPage(limit);
  const { incarnation, xid, sequence } =
    after === null ? { incarnation: 0, xid: 0n, sequence: 0 } : parsePosition(after);
  const { rows } = await connections.query<EventRow & Record<string, unknown>>({
    name: 'store.read-all',
    text: `
      SELECT ${COLUMNS} FROM store.events
      WHERE (incarnation, xid, sequence) > ($1::int, $2::xid8, $3::int)
        AND (incarnation, xid)
          < ((SELECT max(incarnation) FROM store.incarnations), pg_snapshot_xmin(pg_current_snapshot()))
      ORDER BY incarnation, xid, sequence
      LIMIT $4`,
    values: [incarnation, xid.toString(), sequence, limit],
  });
  const events = rows.map(toStoredEvent);
  return { events, position: events.at(-1)?.position ?? after, atEnd: events.length < limit };
}

/** Heads of all streams in the order of their ids, after one of them (null: from the first). */
export async function readHeads(
  connections: Connections,
  { after, limit }: ReadAllOptions,
): Promise<readonly StreamHead[]> {
  assertPage(limit);
  const { rows } = await connections.query<HeadRow>({
    name: 'store.read-heads',
    text: 'SELECT stream_id, revision, hash FROM store.streams WHERE stream_id > $1 ORDER BY stream_id LIMIT $2',
    values: [after ?? '', limit],
  });
  return rows.map(toStreamHead);
}

export async function findHead(connections: Connections, streamId: string): Promise<StreamHead | null> {
  const { rows } = await connections.query<HeadRow>({
    name: 'store.find-head',
    text: 'SELECT stream_id, revision, hash FROM store.streams WHERE stream_id = $1',
    values: [streamId],
  });
  return rows.map(toStreamHead)[0] ?? null;
}

/** No transaction that can be seen has this id or a later one. */
export async function readEnd(connections: Connections): Promise<string> {
  const { rows } = await connections.query<{ incarnation: number; xid: string }>({
    name: 'store.read-end',
    text: `SELECT coalesce(max(incarnation), 0) AS incarnation, pg_snapshot_xmax(pg_current_snapshot())::text AS xid
             FROM store.incarnations`,
    values: [],
  });
  return rows.map(({ incarnation, xid }) => positionText(incarnation, xid, 0))[0] ?? positionText(0, '0', 0);
}

/** Ids of streams that have events but no head. Hops from stream to stream instead of reading every event. */
export async function streamsWithoutHead(connections: Connections, limit: number): Promise<readonly string[]> {
  assertPage(limit);
  const { rows } = await connections.query<{ stream_id: string }>({
    name: 'store.streams-without-head',
    text: `
      WITH RECURSIVE stream AS (
        (SELECT stream_id FROM store.events ORDER BY stream_id LIMIT 1)
        UNION ALL
        SELECT (SELECT event.stream_id FROM store.events AS event
                WHERE event.stream_id > stream.stream_id ORDER BY event.stream_id LIMIT 1)
        FROM stream WHERE stream.stream_id IS NOT NULL
      )
      SELECT stream_id FROM stream
      WHERE stream_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.streams AS head WHERE head.stream_id = stream.stream_id)
      LIMIT $1`,
    values: [limit],
  });
  return rows.map(({ stream_id }) => stream_id);
}

interface HeadRow {
  readonly stream_id: string;
  readonly revision: number;
  readonly hash: string | null;
  readonly [column: string]: unknown;
}

function toStreamHead({ stream_id, revision, hash }: HeadRow): StreamHead {
  return { streamId: stream_id, revision, hash };
}

function toStoredEvent(row: EventRow): StoredEvent {
  const { stream_id, revision, incarnation, xid, sequence, id, type, data, metadata } = row;
  const position = positionText(incarnation, xid, sequence);
  return { streamId: stream_id, revision, position, id, type, data, metadata };
}
