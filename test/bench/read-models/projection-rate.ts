import type { Figure } from '../support/figure';
import { writeHistory } from './history';
import { tradingLives } from './lives';
import { assertEqual, openParts } from './open-parts';

export interface ProjectionRateOptions {
  readonly events?: number;
}

const CUSTOMERS = 60;
const DAYS = 120;

/** Events per second that the live projection takes when it has to catch up. The database must be empty. */
export async function projectionRate(
  connectionString: string,
  { events = 100_000 }: ProjectionRateOptions = {},
): Promise<readonly Figure[]> {
  const parts = await openParts(connectionString);
  try {
    const lives = tradingLives(CUSTOMERS, DAYS);
    const eventsPerLife = lives.flatMap(({ commands }) => commands.flatMap((one) => one.events)).length / CUSTOMERS;
    const written = await writeHistory(parts.store, lives, Math.ceil(events / eventsPerLife));
    const began = performance.now();
    parts.models.start();
    await parts.models.waitFor(written.position, 600_000);
    const seconds = (performance.now() - began) / 1_000;
    const taken = `SELECT events FROM read_models.generations WHERE state = 'live'`;
    assertEqual('events taken', await parts.count(taken), written.events);
    const rate = Math.round(written.events / seconds);
    return [{ name: 'live projection catching up', value: rate, unit: 'events/s', goal: { atLeast: 42_000 } }];
  } finally {
    await parts.close();
  }
}
