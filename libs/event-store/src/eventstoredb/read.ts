import {
  BACKWARDS,
  END,
  FORWARDS,
  metastreamOf,
  START,
  StreamNotFoundError,
  type AllStreamRecordedEvent,
  type Position,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { assertPage } from '../page';
import { Unavailable, type ReadAllOptions, type ReadAllPage, type ReadStreamOptions, type StoredEvent } from '../port';
import type { Connection } from './connection';
import { comparePlaces, parsePosition, positionText } from './position';
import { rangesOf } from './ranges';

const RANGES_AT_ONCE = 8;
/** How many events that are not ours one page passes over, about, before it says how far it came. */
const MAX_SKIPPED = 4_000;
const MAX_SCAN_PAGE = 2_000;

export async function readStream(
  connection: Connection,
  streamId: string,
  { fromRevision, direction = 'forwards', limit }: ReadStreamOptions,
): Promise<readonly StoredEvent[]> {
  assertPage(limit);
  const events: StoredEvent[] = [];
  try {
    await connection.read<ResolvedEvent>(
      (client) =>
        client.readStream(streamId, {
          direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
          fromRevision: fromRevision === undefined ? (direction === 'forwards' ? START : END) : BigInt(fromRevision),
          maxCount: limit,
          requiresLeader: true,
        }),
      ({ event }) => {
        if (event !== undefined) events.push(storedEvent(event));
      },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return events;
}

/** Revisions that stand close together come in one read. */
export async function readRevisions(
  connection: Connection,
  streamId: string,
  revisions: readonly number[],
): Promise<readonly StoredEvent[]> {
  if (revisions.length === 0) return [];
  assertPage(revisions.length);
  const found = new Map<number, StoredEvent>();
  const ranges = rangesOf(revisions.filter((revision) => revision >= 0));
  for (let first = 0; first < ranges.length; first += RANGES_AT_ONCE) {
    const reads = ranges
      .slice(first, first + RANGES_AT_ONCE)
      .map(({ from, count }) => readStream(connection, streamId, { fromRevision: from, limit: count }));
    for (const event of (await Promise.all(reads)).flat()) found.set(event.revision, event);
  }
  return revisions.flatMap((revision) => found.get(revision) ?? []);
}

/**
 * The engine cannot filter a read: what is not ours is left out here, and a page that met only such may be empty and
 * still not the last. Reading begins at a position inclusively, so the first event is the one that the caller has.
 */
export async function readAll(
  connection: Connection,
  prefix: string,
  { after, limit }: ReadAllOptions,
): Promise<ReadAllPage> {
  assertPage(limit);
  const events: StoredEvent[] = [];
  let reached = after === null ? null : parsePosition(after);
  for (let [skipped, size] = [0, limit]; ; size *= 2) {
    const maxCount = Math.min(size, MAX_SCAN_PAGE) + 1;
    const page = await readLog(connection, reached, maxCount);
    for (const event of page) {
      const place = placeOf(event);
      if (reached !== null && comparePlaces(place, reached) <= 0) continue;
      reached = place;
      if (event.streamId.startsWith(prefix)) events.push(storedEvent(event));
      else skipped += 1;
      if (events.length === limit) return { events, position: positionText(place), atEnd: false };
    }
    const last = events.at(-1)?.position ?? after;
    if (page.length < maxCount) return { events, position: last, atEnd: true };
    if (skipped >= MAX_SKIPPED) return { events, position: reached && positionText(reached), atEnd: false };
  }
}

/** The place of the newest event of the log, whoever wrote it; null while there is none. */
export async function readLastPosition(connection: Connection): Promise<Position | null> {
  let last: Position | null = null;
  await connection.read(
    (client) => client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true }),
    ({ event }) => {
      last = event?.position ?? null;
    },
  );
  return last;
}

/** Whether somebody deleted the stream, or took away its beginning. */
export async function isDeleted(connection: Connection, streamId: string): Promise<boolean> {
  let metadata: unknown = null;
  const newest = { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true } as const;
  try {
    await connection.readWithin<ResolvedEvent>(
      (client) => client.readStream(metastreamOf(streamId), newest),
      ({ event }) => {
        metadata = event?.data;
      },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return metadata !== null && typeof metadata === 'object' && '$tb' in metadata && Number(metadata.$tb) > 0;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Unavailable && error.cause instanceof StreamNotFoundError;
}

async function readLog(
  connection: Connection,
  from: Position | null,
  maxCount: number,
): Promise<readonly AllStreamRecordedEvent[]> {
  const fromPosition = from ?? START;
  const events: AllStreamRecordedEvent[] = [];
  await connection.read(
    (client) => client.readAll({ fromPosition, maxCount }),
    ({ event }) => {
      if (event !== undefined) events.push(event);
    },
  );
  return events;
}

type RecordedEvent = Pick<
  AllStreamRecordedEvent,
  'streamId' | 'revision' | 'id' | 'type' | 'isJson' | 'data' | 'metadata'
> & { readonly position?: Position | undefined };

export function storedEvent(event: RecordedEvent): StoredEvent {
  const { streamId, revision, id, type, data, metadata } = event;
  return {
    streamId,
    revision: Number(revision),
    position: positionText(placeOf(event)),
    id,
    type,
    data: bytesText(data),
    metadata: bytesText(metadata ?? {}),
  };
}

/** Versions before 22 do not say where an event of a stream stands in the log. */
const NOT_SAID = 2n ** 64n - 1n;

function placeOf({ position, streamId }: Pick<RecordedEvent, 'position' | 'streamId'>): Position {
  if (position === undefined || position.commit === NOT_SAID) {
    throw new RangeError(
      `the event store does not say where events of ${streamId} stand: version 23.10 or later is needed`,
    );
  }
  return position;
}

/** The client has parsed what it could; writing that again gives the bytes that `JSON.stringify` had written. */
function bytesText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : JSON.stringify(value);
}
