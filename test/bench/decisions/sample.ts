import { query, type Lab } from '../support/lab';
import { accountIds, orders } from '../support/orders';
import type { StoredDecision, StoredPart } from '../support/rival';
import { openEngine } from './engine';

/** What one of our decisions stores. */
export async function sampleDecision(lab: Lab): Promise<StoredDecision> {
  return lab.withDatabase(async (database) => {
    const engine = await openEngine(database);
    try {
      const accounts = accountIds(1);
      await engine.open(accounts);
      for (const order of take(orders(accounts), 100)) await engine.decide(order);
    } finally {
      await engine.close();
    }
    const rows = await query(database, 'SELECT type, data, metadata FROM store.events ORDER BY revision DESC LIMIT 2');
    const [approved, placed] = rows.map(({ type, data, metadata }): StoredPart => ({
      type: String(type),
      data: String(data),
      metadata: String(metadata),
    }));
    if (placed === undefined || approved === undefined) throw new Error('an order stores two events');
    return { placed, approved };
  });
}

function* take<T>(from: Iterator<T, never>, count: number): Iterable<T> {
  for (let taken = 0; taken < count; taken += 1) yield from.next().value;
}
