import type { Figure } from '../support/figure';
import { writeHistory } from './history';
import { unpaidLife } from './lives';
import { assertEqual, openParts } from './open-parts';

export interface AgingOptions {
  readonly openItems?: number;
}

const ITEMS_PER_ACCOUNT = 100;
const RUNS = 5;
/** By then all of the items are due, and most are open on it. */
const PAST_DAY = '2025-04-20';

/** Milliseconds of the portfolio's aging as of a past date. The database must be empty. */
export async function agingAsOf(
  connectionString: string,
  { openItems = 1_000_000 }: AgingOptions = {},
): Promise<readonly Figure[]> {
  const parts = await openParts(connectionString);
  try {
    const accounts = Math.ceil(openItems / ITEMS_PER_ACCOUNT);
    await writeHistory(parts.store, [unpaidLife(ITEMS_PER_ACCOUNT)], accounts);
    await parts.models.rebuild();
    const items = await parts.count(`SELECT count(*) FROM ${await parts.liveSchema()}.items`);
    assertEqual('open items', items, accounts * ITEMS_PER_ACCOUNT);
    const figures: Figure[] = [];
    for (const by of ['portfolio', 'segment', 'account'] as const) {
      const took: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const began = performance.now();
        const { value } = await parts.models.queries.aging({ by, asOf: PAST_DAY, limit: 'all' });
        took.push(performance.now() - began);
        const counted = value.items.reduce((sum, { openItems: count }) => sum + count, 0);
        assertEqual(`open items by ${by}`, counted, items);
      }
      const median = Math.round(took.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0);
      const name = `aging as of a past date by ${by}, ${items} open items`;
      figures.push({ name, value: median, unit: 'ms', goal: { atMost: 1_000 } });
    }
    return figures;
  } finally {
    await parts.close();
  }
}
