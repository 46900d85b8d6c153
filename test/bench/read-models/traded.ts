import { writeHistory, type Written } from './history';
import { tradingLives } from './lives';
import { assertEqual, openParts, type Parts } from './open-parts';

const CUSTOMERS = 60;
const DAYS = 120;

/**
 * Read models that have taken nothing yet beside a store with a history of trade: about so many events, because whole
 * lives are written. The database must be empty.
 */
export async function withTrade<Result>(
  connectionString: string,
  events: number,
  work: (parts: Parts, written: Written) => Promise<Result>,
): Promise<Result> {
  const parts = await openParts(connectionString);
  try {
    const lives = tradingLives(CUSTOMERS, DAYS);
    const eventsPerLife = lives.flatMap(({ commands }) => commands.flatMap((one) => one.events)).length / CUSTOMERS;
    const written = await writeHistory(parts.store, lives, Math.ceil(events / eventsPerLife));
    assertEqual('events', await parts.count(`SELECT count(*) FROM store.events`), written.events);
    const result = await work(parts, written);
    const taken = `SELECT events FROM read_models.generations WHERE state = 'live'`;
    assertEqual('events taken', await parts.count(taken), written.events);
    return result;
  } finally {
    await parts.close();
  }
}
