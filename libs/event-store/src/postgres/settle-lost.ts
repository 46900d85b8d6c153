import { WrongExpectedRevision, type AppendBatch, type AppendResult } from '../port';
import { intArray, textArray } from './binary-array';
import type { Connections } from './connections';
import { positionText } from './position';

/**
 * Answers, by index, for batches whose stream was not where they expected it: either it holds them already, event by
 * event with the same ids and metadata, hash included (then this is a repetition and gets the first answer), or somebody else wrote. Streams only grow, so it does
 * not matter that more may have been written since.
 */
export async function settleLost(
  connections: Connections,
  batches: readonly AppendBatch[],
  lost: readonly number[],
): Promise<ReadonlyMap<number, AppendResult>> {
  const answers = new Map<number, AppendResult>();
  if (lost.length === 0) return answers;
  const isLost = new Set(lost);
  const rows = await findRepeated(
    connections,
    batches.filter((_, place) => isLost.has(place)),
  );
  const found = new Map<string, FoundRow[]>();
  for (const { streamId } of batches) found.set(streamId, []);
  for (const row of rows) found.get(row.stream_id)?.push(row);
  for (const [place, batch] of batches.entries()) {
    if (isLost.has(place)) answers.set(place, answerTo(batch, found.get(batch.streamId) ?? []));
  }
  return answers;
}

export async function headRevision(connections: Connections, streamId: string): Promise<number> {
  const { rows } = await connections.query<{ revision: number }>({
    name: 'store.head-revision',
    text: 'SELECT revision FROM store.streams WHERE stream_id = $1',
    values: [streamId],
  });
  return rows[0]?.revision ?? -1;
}

interface FoundRow {
  readonly stream_id: string;
  /** -1: no such stream. */
  readonly head: number;
  /** Null: nothing at the revisions that the batch would have. */
  readonly id: string | null;
  readonly metadata: string | null;
  readonly incarnation: number;
  readonly xid: string;
  readonly sequence: number;
}

async function findRepeated(connections: Connections, batches: readonly AppendBatch[]): Promise<readonly FoundRow[]> {
  const { rows } = await connections.query<FoundRow & Record<string, unknown>>({
    name: 'store.find-repeated',
    text: `
      SELECT batch.stream_id, coalesce(head.revision, -1) AS head,
        event.id, event.metadata, event.incarnation, event.xid, event.sequence
      FROM unnest($1::text[], $2::int[], $3::int[]) AS batch(stream_id, expected, last)
      LEFT JOIN store.streams AS head ON head.stream_id = batch.stream_id
      LEFT JOIN store.events AS event
        ON event.stream_id = batch.stream_id AND event.revision > batch.expected AND event.revision <= batch.last
      ORDER BY batch.stream_id, event.revision`,
    values: [
      textArray(batches.map(({ streamId }) => streamId)),
      intArray(batches.map(({ expectedRevision }) => expectedRevision)),
      intArray(batches.map((batch) => batch.expectedRevision + batch.events.length)),
    ],
  });
  return rows;
}

function answerTo({ streamId, expectedRevision, events }: AppendBatch, found: readonly FoundRow[]): AppendResult {
  const last = found.at(-1);
  const isRepetition =
    found.length === events.length &&
    events.every(
      ({ id, metadata }, index) => found[index]?.id === id.toLowerCase() && found[index].metadata === metadata,
    );
  if (last === undefined || !isRepetition) {
    return { ok: false, error: new WrongExpectedRevision(streamId, expectedRevision, last?.head ?? -1) };
  }
  const position = positionText(last.incarnation, last.xid, last.sequence);
  return { ok: true, lastRevision: expectedRevision + events.length, position };
}
