import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { eventIdOf } from '../codec/event-id';
import { parseObject } from '../codec/metadata';
import {
  TooLarge,
  WrongExpectedRevision,
  type AppendBatch,
  type AppendResult,
  type ReadStreamOptions,
  type Snapshot,
  type StoredEvent,
} from '../port';
import { appendDecided } from './one-writer';
import { comparePositions } from './position';

const PREFIX = 'duestream-snapshot-';
const DELETIONS = 'duestream-snapshots-deleted';
const TYPE = 'duestream.snapshot.part.v1';
const PART_BYTES = 900 * 1024;
const MAX_PARTS = 16;
/** What the server keeps readable of a snapshot stream: the newest one while the next is written. */
const KEPT_EVENTS = 2 * MAX_PARTS;

const compress = promisify(gzip);
const expand = promisify(gunzip);

interface Access {
  readonly append: (batch: AppendBatch) => Promise<AppendResult>;
  readonly readStream: (streamId: string, options: ReadStreamOptions) => Promise<readonly StoredEvent[]>;
  readonly keepNewest: (streamId: string, events: number) => Promise<void>;
}

type Reads = Pick<Access, 'readStream'>;

/**
 * Snapshots of a stream stand in a stream beside it: compressed, and in parts where one event cannot hold it. The
 * newest counts, if its last part is there and nobody has deleted all snapshots since.
 */
export async function loadSnapshot(access: Reads, streamId: string, schema: string): Promise<Snapshot | null> {
  const [newest, deletion] = await Promise.all([lastOf(access, PREFIX + streamId), lastOf(access, DELETIONS)]);
  const described = newest === null ? null : describedBy(newest);
  if (newest === null || described === null || described.schema !== schema || !isLastPart(described)) return null;
  if (deletion !== null && comparePositions(newest.position, deletion.position) < 0) return null;
  const { parts, revision } = described;
  const first = newest.revision - parts + 1;
  const events =
    parts === 1 ? [newest] : await access.readStream(newest.streamId, { fromRevision: first, limit: parts });
  const isWhole = events.length === parts && events.every((event, part) => isPart(event, described, part));
  if (!isWhole) return null;
  const state = await expanded(events);
  return state === null ? null : { revision, schema, state };
}

/** An older one never replaces a newer one of its shape. */
export async function saveSnapshot(access: Access, streamId: string, snapshot: Snapshot): Promise<void> {
  const stream = PREFIX + streamId;
  const parts = partsOf((await compress(snapshot.state)).toString('base64'));
  if (parts.length > MAX_PARTS) throw new TooLarge(stream, parts.join('').length, MAX_PARTS * PART_BYTES);
  const [first = '', ...others] = parts;
  const described = { schema: snapshot.schema, revision: snapshot.revision, parts: parts.length };
  const saving = await appendDecided(access.append, async () => {
    const newest = await lastOf(access, stream);
    return newest !== null && (await isNoOlder(access, newest, snapshot))
      ? null
      : partBatch(stream, newest?.revision ?? -1, { part: 0, ...described }, first);
  });
  if (saving?.ok !== true) return;
  if (saving.lastRevision === 0) await access.keepNewest(stream, KEPT_EVENTS);
  for (const [index, data] of others.entries()) {
    const part = index + 1;
    const result = await access.append(partBatch(stream, saving.lastRevision + index, { part, ...described }, data));
    // Somebody else is saving one: theirs will do.
    if (!result.ok && result.error instanceof WrongExpectedRevision) return;
    if (!result.ok) throw result.error;
  }
}

/**
 * By a mark behind them: in their own stream for one, in the log for all, which then need not be found. The engine
 * could delete the stream, but after that it may deny for a moment what is saved anew.
 */
export async function deleteSnapshots(access: Access, streamId: string | undefined): Promise<void> {
  const markedStream = streamId === undefined ? DELETIONS : PREFIX + streamId;
  await appendDecided(access.append, async () => {
    const newest = await lastOf(access, markedStream);
    if (newest === null && streamId !== undefined) return null;
    const mark = { id: randomUUID(), type: 'duestream.snapshots.deleted.v1', data: '{}', metadata: '{}' };
    return { streamId: markedStream, expectedRevision: newest?.revision ?? -1, events: [mark] };
  });
}

/** Null when it is not what was saved: a snapshot that is damaged is as good as none. */
async function expanded(parts: readonly StoredEvent[]): Promise<string | null> {
  try {
    const text = parts.map(({ data }) => String(JSON.parse(data))).join('');
    return (await expand(Buffer.from(text, 'base64'))).toString('utf8');
  } catch {
    return null;
  }
}

interface Part {
  readonly schema: string;
  /** Of the stream that the snapshot is of. */
  readonly revision: number;
  readonly part: number;
  readonly parts: number;
}

function partBatch(streamId: string, expectedRevision: number, part: Part, data: string): AppendBatch {
  const id = eventIdOf(streamId, `${part.schema} ${part.revision} ${expectedRevision}`, part.part);
  const event = { id, type: TYPE, data: JSON.stringify(data), metadata: JSON.stringify(part) };
  return { streamId, expectedRevision, events: [event] };
}

function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; from += PART_BYTES) parts.push(text.slice(from, from + PART_BYTES));
  return parts;
}

async function isNoOlder(access: Reads, newest: StoredEvent, { schema, revision }: Snapshot): Promise<boolean> {
  const kept = describedBy(newest);
  if (kept === null || kept.schema !== schema || kept.revision < revision || !isLastPart(kept)) return false;
  const deletion = await lastOf(access, DELETIONS);
  return deletion === null || comparePositions(newest.position, deletion.position) > 0;
}

async function lastOf(access: Reads, streamId: string): Promise<StoredEvent | null> {
  const [last] = await access.readStream(streamId, { direction: 'backwards', limit: 1 });
  return last ?? null;
}

function isLastPart({ part, parts }: Part): boolean {
  return part === parts - 1;
}

function isPart(event: StoredEvent, { schema, revision, parts }: Part, part: number): boolean {
  const found = describedBy(event);
  return found?.schema === schema && found.revision === revision && found.parts === parts && found.part === part;
}

function describedBy({ type, metadata }: StoredEvent): Part | null {
  const value = type === TYPE ? parseObject(metadata) : null;
  const { schema, revision, part, parts } = value ?? {};
  const isPartOf = typeof schema === 'string' && [revision, part, parts].every((number) => typeof number === 'number');
  return isPartOf ? { schema, revision: Number(revision), part: Number(part), parts: Number(parts) } : null;
}
