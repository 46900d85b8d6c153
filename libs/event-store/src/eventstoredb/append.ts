import {
  binaryEvent,
  NO_STREAM,
  type AppendExpectedRevision,
  type AppendResult as EngineResult,
  type EventData,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { append } from '@eventstore/db-client/dist/streams/appendToStream/append';
import { checkBatches } from '../check-batches';
import { StoreClosed, Unavailable, type AppendBatch, type AppendResult, type EventToAppend } from '../port';
import type { Connection } from './connection';
import { appendError } from './errors';
import { positionText } from './position';
import { isDeleted } from './read';
import type { Turns } from './turns';

/** Appends as the port says: one call to the engine for each batch, a bounded number of them at once. */
export async function appendBatches(
  connection: Connection,
  turns: Turns,
  batches: readonly AppendBatch[],
): Promise<readonly AppendResult[]> {
  const { fitting, results } = checkBatches(batches);
  if (connection.isClosed) return batches.map(() => CLOSED);
  await connection.use((client) =>
    Promise.all(
      fitting.map(async ({ batch, bytes, place }) => {
        results.set(place, await turns.take(() => appendOne(connection, client, batch, bytes)));
      }),
    ),
  );
  return batches.flatMap((_, place) => results.get(place) ?? []);
}

const CLOSED: AppendResult = { ok: false, error: new StoreClosed('the event store is closed') };

async function appendOne(
  connection: Connection,
  client: EventStoreDBClient,
  batch: AppendBatch,
  bytes: number,
): Promise<AppendResult> {
  const { streamId, expectedRevision, events } = batch;
  try {
    // A deleted stream can be begun anew, but its numbers go on: what goes in as revision 0 would come out as another.
    if (expectedRevision === -1 && (await isDeleted(connection, streamId))) throw wasDeleted(streamId);
    const expected = expectedRevision === -1 ? NO_STREAM : BigInt(expectedRevision);
    const { appendTimeoutMs } = connection.options;
    const written = await appendAlone(client, streamId, events.map(eventData), expected, appendTimeoutMs);
    const { nextExpectedRevision, position } = written;
    const lastRevision = expectedRevision + events.length;
    if (Number(nextExpectedRevision) !== lastRevision || position === undefined) throw numbersGoOn(streamId);
    return { ok: true, lastRevision, position: positionText(position) };
  } catch (error) {
    return { ok: false, error: appendError(error, batch, bytes) };
  }
}

/**
 * One call of its own. `appendToStream` of the client would send all appends over one call, and keeps those that wait
 * for an answer in one map of the whole process: when any client's call breaks or is disposed of, it rejects all of
 * them, and ends the process when their answers come.
 */
export async function appendAlone(
  client: EventStoreDBClient,
  streamId: string,
  events: EventData[],
  expectedRevision: AppendExpectedRevision,
  deadlineMs: number,
): Promise<EngineResult> {
  return append.call(client, streamId, events, {
    expectedRevision,
    requiresLeader: true,
    deadline: deadlineMs,
    batchAppendSize: Number.MAX_SAFE_INTEGER,
  });
}

/** As bytes, not as JSON: the client would parse it and write it again, and the hash is of what was written. */
function eventData({ id, type, data, metadata }: EventToAppend): EventData {
  return binaryEvent({ id, type, data: Buffer.from(data, 'utf8'), metadata: Buffer.from(metadata, 'utf8') });
}

function wasDeleted(streamId: string): Unavailable {
  return new Unavailable(`the stream was deleted in the event store: ${streamId}`);
}

function numbersGoOn(streamId: string): Error {
  return new Error(`stream ${streamId} does not go on where it was expected to`);
}
