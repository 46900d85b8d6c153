import type { RebuildResult, RebuiltModel } from '@duestream/contracts';
import type { EventFeed, EventHistory } from '@duestream/event-feed';
import type { EntityManager } from 'typeorm';
import type { Generation, GenerationStand } from '../database/generation';
import type { Generations, HeldLock, LockLost } from '../database/generations';
import { checksums, checksumsByAccount } from './checksum';
import { Filling } from './filling';
import { dropGeneration, swap } from './swap';

export interface RebuildProgress {
  readonly phase: 'fill' | 'compare' | 'swap' | 'drop';
  readonly done: number;
  readonly total: number | null;
}

export interface RebuildOptions {
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Events that are read and folded at a time. */
  readonly pageSize?: number;
  /** Rows of one table that stay in memory, some 500 bytes each: those not done yet, and of them those changed last. */
  readonly keptRows?: number;
  /** Swap also when the live generation is not what the events give: it is the one that is wrong. */
  readonly acceptDifference?: boolean;
  /** Ends the rebuild at the next page; the live generation stays. */
  readonly signal?: AbortSignal;
}

export interface RebuildOutcome extends RebuildResult {
  /** Some of the accounts whose rows differ. */
  readonly differences: readonly { readonly model: string; readonly accountIds: readonly string[] }[];
}

export interface RebuildSurroundings {
  readonly generations: Generations;
  readonly feed: EventHistory & Pick<EventFeed, 'partitionOf' | 'checkpointAt'>;
  readonly timeZone: string;
  /** Told of a generation that nobody needs and that could not be dropped: the next rebuild drops it. */
  readonly onNotDropped?: (error: Error) => void;
  /** Told when nothing kept another rebuild away at the end of this one, whose outcome stands. */
  readonly onLockLost?: (error: LockLost) => void;
}

/** Somebody else rebuilds this database's read models. */
export class RebuildRunning extends Error {
  readonly code = 'rebuild.running';
  constructor() {
    super('the read models are being rebuilt already');
  }
}

/** So few that what is made of one page is garbage before the memory's young generation is full. */
const DEFAULT_PAGE = 1_000;
const DEFAULT_KEPT_ROWS = 60_000;
const MAX_DIFFERENCES = 10;

/**
 * Fills a new generation beside the live one in short transactions, compares both by checksum at one position, swaps
 * them in one transaction and drops the old. Queries and the projection of the live generation go on throughout.
 * What an interrupted rebuild left is dropped when the next begins.
 */
export async function rebuild(surroundings: RebuildSurroundings, options: RebuildOptions): Promise<RebuildOutcome> {
  const work = async (lock: HeldLock): Promise<RebuildOutcome> => {
    await surroundings.generations.dropOthers();
    const number = await surroundings.generations.create('building');
    const next = await surroundings.generations.openNumber(number);
    let swapped = false;
    try {
      const result = await fillCompareSwap(surroundings, next, lock, options);
      swapped = result.swapped;
      return result;
    } finally {
      await next.close();
      if (!swapped) await clearAway(surroundings, number);
    }
  };
  const outcome = await surroundings.generations.tryLock('rebuild', work, surroundings.onLockLost);
  if (outcome === null) throw new RebuildRunning();
  return outcome;
}

async function fillCompareSwap(
  surroundings: RebuildSurroundings,
  next: Generation,
  lock: HeldLock,
  options: RebuildOptions,
): Promise<RebuildOutcome> {
  const { generations, feed, timeZone } = surroundings;
  const started = Date.now();
  const report = options.onProgress ?? (() => undefined);
  const live = await generations.refresh();
  const filling = new Filling(next, feed, {
    pageSize: options.pageSize ?? DEFAULT_PAGE,
    keptRows: options.keptRows ?? DEFAULT_KEPT_ROWS,
    onPage: (done, total) => report({ phase: 'fill', done, total }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  await filling.catchUpWith(() => standOf(live));

  const isComparable = await generations.isLiveOfThisVersion();
  const compared = isComparable ? await compare(live, next, filling, report) : { models: [], differences: [] };
  const isEqual = compared.models.every((model) => model.equal);
  const swapped = isEqual || options.acceptDifference === true;
  if (swapped) {
    report({ phase: 'swap', done: 0, total: null });
    await next.analyze();
    await lock.assertHeld();
    await swap(generations, feed, { live, next, filling, timeZone });
    report({ phase: 'drop', done: 0, total: null });
    await clearAway(surroundings, live.number);
  }
  return { events: filling.events, seconds: (Date.now() - started) / 1_000, ...compared, swapped };
}

/** Whatever comes of it, the outcome of the rebuild stands. */
async function clearAway({ generations, onNotDropped }: RebuildSurroundings, number: number): Promise<void> {
  try {
    await dropGeneration(generations, number);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    onNotDropped?.(new Error(`generation ${number} could not be dropped: ${why}`, { cause: error }));
  }
}

async function standOf(generation: Generation): Promise<GenerationStand> {
  return generation.read(async (_manager, stand) => Promise.resolve(stand));
}

/** One snapshot of the live generation fixes the position; the new one is brought to exactly that, and both are summed. */
async function compare(
  live: Generation,
  next: Generation,
  filling: Filling,
  report: (progress: RebuildProgress) => void,
): Promise<Pick<RebuildOutcome, 'models' | 'differences'>> {
  return live.read(async (manager, stand) => {
    await manager.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await filling.upTo(stand);
    report({ phase: 'compare', done: 0, total: null });
    return next.read((nextManager) => compareTables(manager, nextManager));
  });
}

async function compareTables(
  live: EntityManager,
  next: EntityManager,
): Promise<Pick<RebuildOutcome, 'models' | 'differences'>> {
  const [before, after] = await Promise.all([checksums(live), checksums(next)]);
  const models = after.map((table, index): RebuiltModel => {
    const old = before[index];
    return {
      model: table.model,
      rows: table.rows,
      checksumBefore: old?.checksum ?? '',
      checksumAfter: table.checksum,
      equal: old?.checksum === table.checksum && old.rows === table.rows,
    };
  });
  const differences = [];
  for (const { model } of models.filter(({ equal }) => !equal)) {
    const [old, fresh] = await Promise.all([checksumsByAccount(live, model), checksumsByAccount(next, model)]);
    const accountIds = [...new Set([...old.keys(), ...fresh.keys()])].filter((id) => old.get(id) !== fresh.get(id));
    differences.push({ model, accountIds: accountIds.sort().slice(0, MAX_DIFFERENCES) });
  }
  return { models, differences };
}
