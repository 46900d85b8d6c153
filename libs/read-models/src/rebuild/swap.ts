import type { EventFeed, EventHistory } from '@duestream/event-feed';
import type { EntityManager } from 'typeorm';
import type { Generation } from '../database/generation';
import type { Generations } from '../database/generations';
import { LOCK_NOT_AVAILABLE, sqlStateOf } from '../database/sql-state';
import { pointReportingAt } from '../reporting/install';
import type { Filling } from './filling';

interface Swap {
  readonly live: Generation;
  readonly next: Generation;
  readonly filling: Filling;
  readonly timeZone: string;
}

type SwappedFeed = Pick<EventHistory, 'comparePositions'> & Pick<EventFeed, 'checkpointAt'>;

const MAX_ATTEMPTS = 50;
const LOCK_TIMEOUT = `SET LOCAL lock_timeout = '2s'`;

/**
 * Makes the new generation the live one, at a position not before the old one's, so that nobody who has seen a write
 * loses sight of it. While the transaction holds the live checkpoint the old generation takes no batch; afterwards its
 * projector finds it retired.
 */
export async function swap(generations: Generations, feed: SwappedFeed, swapped: Swap): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const position = await swapped.filling.toEnd();
    const done = await patiently(() =>
      generations.control.transaction((manager) => trySwap(manager, generations, feed, swapped, position)),
    );
    if (done === true) {
      generations.forget(swapped.live);
      return;
    }
  }
  throw new Error('the live generation stayed ahead of the new one: try again when less is written');
}

async function trySwap(
  manager: EntityManager,
  generations: Generations,
  feed: SwappedFeed,
  { live, next, timeZone }: Swap,
  position: string | null,
): Promise<boolean> {
  await manager.query(LOCK_TIMEOUT);
  const checkpoints: { position: string | null }[] = await manager.query(
    `SELECT position FROM read_models.checkpoints WHERE generation = $1 ORDER BY partition FOR UPDATE`,
    [live.number],
  );
  const isBehind = checkpoints.some(
    (of) => of.position !== null && (position === null || feed.comparePositions(position, of.position) < 0),
  );
  if (isBehind) return false;
  await generations.replaceCheckpoints(
    manager,
    next.number,
    position,
    position === null ? null : feed.checkpointAt(position),
  );
  const [, retired]: [unknown, number] = await manager.query(
    `UPDATE read_models.generations SET state = 'retired' WHERE number = $1 AND state = 'live'`,
    [live.number],
  );
  if (retired !== 1) throw new Error(`generation ${live.number} is not live any more`);
  const [, made]: [unknown, number] = await manager.query(
    `UPDATE read_models.generations SET state = 'live' WHERE number = $1`,
    [next.number],
  );
  // Whoever rebuilds after this one lost its lock clears away what it finds.
  if (made !== 1) throw new Error(`generation ${next.number} is gone: another rebuild dropped it`);
  await pointReportingAt(manager, next.schema, timeZone);
  return true;
}

/** Waits for readers that are still at it. What can't be dropped now is dropped when the next rebuild begins. */
export async function dropGeneration(generations: Generations, number: number): Promise<void> {
  await patiently(() =>
    generations.control.transaction(async (manager) => {
      await manager.query(LOCK_TIMEOUT);
      await generations.dropUnlessLive(manager, number);
      return true;
    }),
  );
}

/** Null when a lock was not to be had in time. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return null;
    throw error;
  }
}
