import type { PublicEvent } from '@duestream/contracts';
import type { Checkpoint } from '@duestream/event-feed';
import type { ClientBase } from 'pg';

export interface Advance {
  readonly generation: number;
  readonly partition: string;
  readonly expected: Checkpoint;
  readonly next: Checkpoint;
  /** Null: complete up to where it was. */
  readonly position: string | null;
}

/** Moves the checkpoint from where it is expected. False: it is not there, and the transaction must be rolled back. */
export async function moveCheckpoint(client: ClientBase, advance: Advance): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'checkpoint.move',
    text: `UPDATE read_models.checkpoints
              SET next = $3, position = coalesce($4, position)
            WHERE generation = $1 AND partition = $2 AND next IS NOT DISTINCT FROM $5`,
    values: [advance.generation, advance.partition, advance.next, advance.position, advance.expected],
  });
  return rowCount === 1;
}

/**
 * How many events the generation has taken, null when it is retired. Locks its row until the commit, so that its
 * numbers are given in the order of commits.
 */
export async function lockCount(client: ClientBase, generation: number): Promise<number | null> {
  const { rows } = await client.query<{ events: number }>({
    name: 'generation.lock',
    text: `SELECT events FROM read_models.generations WHERE number = $1 AND state <> 'retired' FOR UPDATE`,
    values: [generation],
  });
  return rows[0]?.events ?? null;
}

export async function addToCount(
  client: ClientBase,
  generation: number,
  count: number,
  recordedAt: string | null,
): Promise<void> {
  await client.query({
    name: 'generation.count',
    text: `UPDATE read_models.generations
              SET events = events + $2, recorded_at = greatest(recorded_at, $3::timestamptz)
            WHERE number = $1`,
    values: [generation, count, recordedAt],
  });
}

/** The latest instant at which one of the events was recorded. */
export function latestRecorded(events: readonly PublicEvent[], since: string | null = null): string | null {
  return events.reduce<string | null>((max, { time }) => (max === null || time > max ? time : max), since);
}
