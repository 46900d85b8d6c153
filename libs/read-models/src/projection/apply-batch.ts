import type { PublicEvent } from '@duestream/contracts';
import type { Checkpoint } from '@duestream/event-feed';
import type { DataSource, EntityManager } from 'typeorm';
import { unopened } from './fold-account';
import { fold } from './fold';
import { loadAccounts, loadRows } from './load';
import type { Taken } from './taken';
import { WorkingSet } from './working-set';
import { writeRows, type Insert } from './write';

export interface BatchToApply {
  readonly partition: string;
  readonly expected: Checkpoint;
  readonly next: string;
  readonly position: string;
  readonly events: readonly PublicEvent[];
}

/** The feed left out an event of this account. Going on would leave figures wrong for ever. */
export class GapInAccount extends Error {
  readonly code = 'feed.gap';
  constructor(
    readonly accountId: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`account ${accountId}: event ${actual} came where ${expected} was due`);
  }
}

/**
 * Takes a batch into a generation: rows and checkpoint in one transaction. Answers `fenced`, and changes nothing, when
 * the checkpoint is no longer where the batch begins or the generation is retired. Events that an account has already
 * taken are left out, so a redelivered one changes nothing whatever its checkpoint says.
 */
export async function applyBatch(
  generation: { readonly number: number; readonly dataSource: DataSource },
  batch: BatchToApply,
  insert?: Insert,
): Promise<'applied' | 'fenced'> {
  try {
    await generation.dataSource.transaction(async (manager) => {
      await moveCheckpoint(manager, generation.number, batch);
      const set = new WorkingSet();
      await loadAccounts(
        manager,
        set,
        batch.events.map((event) => event.subject),
      );
      const fresh = selectFresh(set, batch.events);
      const before = await countEvents(manager, generation.number, fresh);
      await loadRows(manager, set, fresh);
      for (const [index, event] of fresh.entries()) foldOne(set, event, before + index + 1);
      await writeRows(manager, set, insert);
    });
    return 'applied';
  } catch (error) {
    if (error instanceof Fenced) return 'fenced';
    throw error;
  }
}

class Fenced extends Error {}

async function moveCheckpoint(manager: EntityManager, generation: number, batch: BatchToApply): Promise<void> {
  const [rows]: [unknown[], number] = await manager.query(
    `UPDATE read_models.checkpoints
        SET next = $3, position = $4
      WHERE generation = $1 AND partition = $2 AND next IS NOT DISTINCT FROM $5
      RETURNING 1`,
    [generation, batch.partition, batch.next, batch.position, batch.expected],
  );
  if (rows.length === 0) throw new Fenced();
}

/** Locks the generation's row until the commit, so that its numbers are given in the order of commits. */
async function countEvents(manager: EntityManager, generation: number, fresh: readonly PublicEvent[]): Promise<number> {
  const latest = fresh.reduce<string | null>((max, { time }) => (max === null || time > max ? time : max), null);
  const [rows]: [{ events: number }[], number] = await manager.query(
    `UPDATE read_models.generations
        SET events = events + $2, recorded_at = greatest(recorded_at, $3::timestamptz)
      WHERE number = $1 AND state <> 'retired'
      RETURNING events`,
    [generation, fresh.length, latest],
  );
  const [row] = rows;
  if (row === undefined) throw new Fenced();
  return Number(row.events) - fresh.length;
}

function selectFresh(set: WorkingSet, events: readonly PublicEvent[]): PublicEvent[] {
  const revisions = new Map<string, number>();
  return events.filter((event) => {
    const accountId = event.subject;
    const last = revisions.get(accountId) ?? set.accounts.get(accountId)?.revision ?? -1;
    const revision = Number(event.accountrevision);
    if (revision <= last) return false;
    if (revision !== last + 1) throw new GapInAccount(accountId, last + 1, revision);
    revisions.set(accountId, revision);
    return true;
  });
}

function foldOne(set: WorkingSet, event: PublicEvent, seq: number): void {
  const taken: Taken = {
    event,
    accountId: event.subject,
    revision: Number(event.accountrevision),
    recordedAt: event.time,
    effectiveAt: event.effectiveat,
    seq,
  };
  fold(set, taken);
  const account = set.accounts.get(taken.accountId) ?? unopened(taken);
  set.accounts.put({ ...account, revision: taken.revision });
}
