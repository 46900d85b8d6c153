import { DatabaseError } from 'pg';
import type { AppendBatch } from '../port';
import { splitHash } from '../codec/hash-chain';
import { intArray, textArray, uuidArray } from './binary-array';
import type { Connections } from './connections';

export interface AppendOutcome {
  readonly incarnation: number;
  readonly xid: string;
  /** Indexes of the batches that were not let through. */
  readonly lost: readonly number[];
}

/** Runs `store.append` over batches in the order of their stream ids: one round trip, one commit. */
export async function runAppend(connections: Connections, batches: readonly AppendBatch[]): Promise<AppendOutcome> {
  const { rows } = await connections.query<AppendRow>(
    {
      name: 'store.append',
      text: `SELECT incarnation, xid, lost FROM store.append(
        $1::text[], $2::int[], $3::int[], $4::text[],
        $5::int[], $6::text[], $7::int[], $8::uuid[], $9::text[], $10::text[], $11::text[])`,
      values: parametersOf(batches),
    },
    (error) => isEventStoredAlready(error) || isStreamHeld(error),
  );
  const { incarnation, xid, lost } = rows[0] ?? { incarnation: null, xid: null, lost: null };
  return { incarnation: incarnation ?? 0, xid: xid ?? '0', lost: (lost ?? []).map((number) => number - 1) };
}

interface AppendRow {
  readonly incarnation: number | null;
  readonly xid: string | null;
  readonly lost: readonly number[] | null;
  readonly [column: string]: unknown;
}

function parametersOf(batches: readonly AppendBatch[]): Buffer[] {
  const [streamIds, expected, last, hashes]: [string[], number[], number[], string[]] = [[], [], [], []];
  const [numbers, eventStreamIds, revisions]: [number[], string[], number[]] = [[], [], []];
  for (const { streamId, expectedRevision, events } of batches) {
    const number = streamIds.push(streamId);
    expected.push(expectedRevision);
    last.push(expectedRevision + events.length);
    hashes.push(splitHash(events.at(-1)?.metadata ?? '')?.hash ?? '');
    for (const index of events.keys()) {
      numbers.push(number);
      eventStreamIds.push(streamId);
      revisions.push(expectedRevision + 1 + index);
    }
  }
  const events = batches.flatMap((batch) => batch.events);
  return [
    textArray(streamIds),
    intArray(expected),
    intArray(last),
    textArray(hashes),
    intArray(numbers),
    textArray(eventStreamIds),
    intArray(revisions),
    uuidArray(events.map(({ id }) => id)),
    textArray(events.map(({ type }) => type)),
    textArray(events.map(({ data }) => data)),
    textArray(events.map(({ metadata }) => metadata)),
  ];
}

const UNIQUE_VIOLATION = '23505';

/** An event of the statement is stored elsewhere: under another revision or in another stream. */
export function isEventStoredAlready(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === 'events_by_id';
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Somebody holds the head of one of the streams for longer than any writer does. */
export function isStreamHeld(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE;
}
