import type { Figure } from '../support/figure';
import { assertEqual } from './open-parts';
import { withTrade } from './traded';

export interface RebuildRateOptions {
  readonly events?: number;
}

/**
 * Events per second of a whole rebuild: fill, proof by checksum against the live generation, swap and drop. The
 * database must be empty.
 */
export async function rebuildRate(
  connectionString: string,
  { events = 1_000_000 }: RebuildRateOptions = {},
): Promise<readonly Figure[]> {
  return withTrade(connectionString, events, async (parts, written) => {
    // The first fills the live generation, which is empty so far; the second is the one that has something to prove.
    await parts.models.rebuild();
    const { seconds, swapped, models } = await parts.models.rebuild();
    if (!swapped) throw new Error('the rebuilt read models differ from the live ones');
    const moves = await parts.count(`SELECT count(*) FROM ${await parts.liveSchema()}.moves`);
    assertEqual('moves', moves, models.find(({ model }) => model === 'moves')?.rows ?? -1);
    const rate = Math.round(written.events / seconds);
    return [{ name: 'rebuild of all read models', value: rate, unit: 'events/s', goal: { atLeast: 60_000 } }];
  });
}
