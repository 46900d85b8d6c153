import type { PublicEvent } from '@duestream/contracts';
import type { DataSource } from 'typeorm';
import { inOrder, withSession, type Session } from '../database/session';
import { addToCount, latestRecorded, lockCount, moveCheckpoint, type Advance } from './checkpoint';
import { foldFresh, selectFresh } from './fold-fresh';
import { Keys } from './keys';
import { loadAccounts, loadRows } from './load';
import { WorkingSet } from './working-set';
import { writeRows } from './write';

export interface BatchToApply extends Omit<Advance, 'generation'> {
  readonly events: readonly PublicEvent[];
}

/** Of each table, so that accounts that are busy need not be read again for every batch: some megabytes in all. */
const KEPT_ROWS = 4_000;

/**
 * Takes a batch into a generation: rows and checkpoint in one transaction. Answers `fenced`, and changes nothing, when
 * the checkpoint is no longer where the batch begins or the generation is retired. Events that an account has already
 * taken are left out, so a redelivered one changes nothing whatever its checkpoint says.
 *
 * `set` holds what the generation is known to have where the batch begins. It is as good as the checkpoint: when the
 * answer is `applied` it is what the generation has then; otherwise it must not be used again.
 *
 * Whatever need not wait for an answer is sent together, in three flights: a small batch costs round trips more than
 * rows. When one statement fails, the server refuses those behind it.
 */
export async function applyBatch(
  generation: { readonly number: number; readonly dataSource: DataSource },
  batch: BatchToApply,
  set = new WorkingSet(),
): Promise<'applied' | 'fenced'> {
  return withSession(generation.dataSource, async (session) => {
    try {
      return await applyIn(session, generation.number, batch, set);
    } catch (error) {
      await session.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

async function applyIn(
  session: Session,
  generation: number,
  batch: BatchToApply,
  set: WorkingSet,
): Promise<'applied' | 'fenced'> {
  const { client } = session;
  const [, hasMoved, before] = await inOrder(
    session,
    () => client.query('BEGIN'),
    () => moveCheckpoint(client, { generation, ...batch }),
    () => lockCount(client, generation),
    () => loadAccounts(session, set, batch.events),
  );
  if (!hasMoved || before === null) {
    await client.query('ROLLBACK');
    return 'fenced';
  }
  const fresh = selectFresh(set, batch.events);
  const keys = Keys.neededBy(fresh, set);
  if (!keys.isEmpty) await loadRows(session, set, keys);
  foldFresh(set, fresh, before);
  await inOrder(
    session,
    () => writeRows(session, set),
    () => addToCount(client, generation, fresh.length, latestRecorded(fresh)),
    () => client.query('COMMIT'),
  );
  set.settle(KEPT_ROWS);
  return 'applied';
}
