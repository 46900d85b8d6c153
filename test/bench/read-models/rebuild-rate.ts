import type { Figure } from '../support/figure';
import { writeHistory } from './history';
import { tradingLives } from './lives';
import { assertEqual, openParts } from './open-parts';

export interface RebuildRateOptions {
  /** About as many: whole lives are written. */
  readonly events?: number;
}

const CUSTOMERS = 60;
const DAYS = 120;

/**
 * Events per second of a whole rebuild: fill, proof by checksum against the live generation, swap and drop. The
 * database must be empty.
 */
export async function rebuildRate(
  connectionString: string,
  { events = 1_000_000 }: RebuildRateOptions = {},
): Promise<readonly Figure[]> {
  const parts = await openParts(connectionString);
  try {
    const lives = tradingLives(CUSTOMERS, DAYS);
    const eventsPerLife = lives.flatMap(({ commands }) => commands.flatMap((one) => one.events)).length / CUSTOMERS;
    const written = await writeHistory(parts.store, lives, Math.ceil(events / eventsPerLife));
    assertEqual('events', await parts.count(`SELECT count(*) FROM store.events`), written.events);
    // The first fills the live generation, which is empty so far; the second is the one that has something to prove.
    await parts.models.rebuild();
    const { seconds, swapped, models } = await parts.models.rebuild();
    if (!swapped) throw new Error('the rebuilt read models differ from the live ones');
    const taken = `SELECT events FROM read_models.generations WHERE state = 'live'`;
    assertEqual('events taken', await parts.count(taken), written.events);
    const moves = await parts.count(`SELECT count(*) FROM ${await parts.liveSchema()}.moves`);
    assertEqual('moves', moves, models.find(({ model }) => model === 'moves')?.rows ?? -1);
    const rate = Math.round(written.events / seconds);
    return [{ name: 'rebuild of all read models', value: rate, unit: 'events/s', goal: { atLeast: 60_000 } }];
  } finally {
    await parts.close();
  }
}
