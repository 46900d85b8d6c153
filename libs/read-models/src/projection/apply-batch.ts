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

/**
 * Takes a batch into a generation: rows and checkpoint in one transaction. Answers `fenced`, and changes nothing, when
 * the checkpoint is no longer where the batch begins or the generation is retired. Events that an account has already
 * taken are left out, so a redelivered one changes nothing whatever its checkpoint says.
 *
 * Whatever need not wait for an answer is sent together, in three flights: a small batch costs round trips more than
 * rows. When one statement fails, the server refuses those behind it.
 */
export async function applyBatch(
  generation: { readonly number: number; readonly dataSource: DataSource },
  batch: BatchToApply,
): Promise<'applied' | 'fenced'> {
  return withSession(generation.dataSource, async (session) => {
    try {
      return await applyIn(session, generation.number, batch);
    } catch (error) {
      await session.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

async function applyIn(session: Session, generation: number, batch: BatchToApply): Promise<'applied' | 'fenced'> {
  const { client } = session;
  const set = new WorkingSet();
  const [, hasMoved, before] = await inOrder(
    session,
    () => client.query('BEGIN'),
    () => moveCheckpoint(client, { ...batch, generation }),
    () => lockCount(client, generation),
    () => loadAccounts(session, set, batch.events),
  );
  if (!hasMoved || before === null) {
    await client.query('ROLLBACK');
    return 'fenced';
  }
  const fresh = selectFresh(set, batch.events);
  await loadRows(session, set, Keys.neededBy(fresh, set));
  foldFresh(set, fresh, before);
  await inOrder(
    session,
    () => writeRows(session, set),
    () => addToCount(client, generation, fresh.length, latestRecorded(fresh)),
    () => client.query('COMMIT'),
  );
  return 'applied';
}
