import {
  EventStoreError,
  OutcomeUnknown,
  Unavailable,
  WrongExpectedRevision,
  type AppendBatch,
  type AppendResult,
} from '../port';
import { isEventStoredAlready, isStreamHeld, runAppend } from './append-statement';
import { textArray } from './binary-array';
import { checkBatches, type FittingBatch } from '../check-batches';
import type { Connections } from './connections';
import { positionText } from './position';
import { headRevision, settleLost } from './settle-lost';

/** What one statement carries at most; a call with more becomes several commits. */
const MAX_STATEMENT_EVENTS = 2_000;
const MAX_STATEMENT_BYTES = 8 * 1024 * 1024;

/** Appends as the port says: each batch succeeds or fails alone, all in as few commits as their size allows. */
export async function appendBatches(
  connections: Connections,
  batches: readonly AppendBatch[],
): Promise<readonly AppendResult[]> {
  const { fitting, results } = checkBatches(batches);
  for (const statement of statementsOf(fitting)) {
    const answers = await appendInOneCommit(
      connections,
      statement.map(({ batch }) => batch),
    );
    for (const [index, answer] of answers.entries()) {
      const place = statement[index]?.place;
      if (place !== undefined) results.set(place, answer);
    }
  }
  return batches.flatMap((_, place) => results.get(place) ?? []);
}

/** In the order of stream ids, so that all writers lock heads in one order. */
function statementsOf(fitting: readonly FittingBatch[]): readonly (readonly FittingBatch[])[] {
  const ordered = [...fitting].sort((a, b) => (a.batch.streamId < b.batch.streamId ? -1 : 1));
  const statements: FittingBatch[][] = [];
  let [events, bytes] = [Infinity, Infinity];
  for (const next of ordered) {
    events += next.batch.events.length;
    bytes += next.bytes;
    if (events > MAX_STATEMENT_EVENTS || bytes > MAX_STATEMENT_BYTES) {
      statements.push([]);
      [events, bytes] = [next.batch.events.length, next.bytes];
    }
    statements.at(-1)?.push(next);
  }
  return statements;
}

async function appendInOneCommit(
  connections: Connections,
  batches: readonly AppendBatch[],
): Promise<readonly AppendResult[]> {
  try {
    const { incarnation, xid, lost } = await runAppend(connections, batches);
    // What won is committed whatever becomes of this look at the rest.
    const settled = await settleLost(connections, batches, lost).catch((error: unknown) => unsettled(lost, error));
    let sequence = 0;
    return batches.map((batch, place) => {
      sequence += batch.events.length;
      const lastRevision = batch.expectedRevision + batch.events.length;
      return settled.get(place) ?? { ok: true, lastRevision, position: positionText(incarnation, xid, sequence) };
    });
  } catch (error) {
    if (isEventStoredAlready(error)) return appendApart(connections, batches);
    if (isStreamHeld(error)) return appendBeside(connections, batches);
    if (error instanceof EventStoreError) return batches.map(() => ({ ok: false, error }));
    throw error;
  }
}

/** Whether the lost ones were repetitions could not be found out: repeating them will. */
function unsettled(lost: readonly number[], error: unknown): ReadonlyMap<number, AppendResult> {
  if (!(error instanceof EventStoreError)) throw error;
  const unknown: AppendResult = { ok: false, error: new OutcomeUnknown(error.message, { cause: error }) };
  return new Map(lost.map((place) => [place, unknown]));
}

/**
 * One of the batches holds an event that is stored elsewhere, and the whole statement was undone for it: by halves, so
 * that only that one is refused.
 */
async function appendApart(
  connections: Connections,
  batches: readonly AppendBatch[],
): Promise<readonly AppendResult[]> {
  const [only, another] = batches;
  if (only !== undefined && another === undefined) return [await refuse(connections, only)];
  const middle = Math.ceil(batches.length / 2);
  return [
    ...(await appendInOneCommit(connections, batches.slice(0, middle))),
    ...(await appendInOneCommit(connections, batches.slice(middle))),
  ];
}

/**
 * Somebody holds the head of one of the streams, and the whole statement was undone for it: the others are written
 * without it. Of a stream that is held nothing was written; whether it still is shows when it is tried again.
 */
async function appendBeside(
  connections: Connections,
  batches: readonly AppendBatch[],
): Promise<readonly AppendResult[]> {
  try {
    const held = await heldStreams(
      connections,
      batches.map(({ streamId }) => streamId),
    );
    const free = batches.filter(({ streamId }) => !held.has(streamId));
    const isProgress = held.size > 0 && free.length > 0;
    const written = isProgress ? await appendInOneCommit(connections, free) : [];
    const error = new Unavailable('another transaction holds the stream');
    return batches.map((batch) => written[free.indexOf(batch)] ?? { ok: false, error });
  } catch (error) {
    if (error instanceof EventStoreError) return batches.map(() => ({ ok: false, error }));
    throw error;
  }
}

/** Those of the streams whose head another transaction has locked at this moment. */
async function heldStreams(connections: Connections, streamIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await connections.query<{ stream_id: string }>({
    name: 'store.held-streams',
    text: `
      WITH free AS (
        SELECT stream_id FROM store.streams WHERE stream_id = ANY ($1::text[]) FOR UPDATE SKIP LOCKED
      )
      SELECT stream_id FROM store.streams
      WHERE stream_id = ANY ($1::text[]) AND stream_id NOT IN (SELECT stream_id FROM free)`,
    values: [textArray(streamIds)],
  });
  return new Set(rows.map(({ stream_id }) => stream_id));
}

async function refuse(connections: Connections, batch: AppendBatch): Promise<AppendResult> {
  try {
    const actual = await headRevision(connections, batch.streamId);
    return { ok: false, error: new WrongExpectedRevision(batch.streamId, batch.expectedRevision, actual) };
  } catch (error) {
    if (error instanceof EventStoreError) return { ok: false, error };
    throw error;
  }
}
