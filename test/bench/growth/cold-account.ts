import { openEngine } from '../decisions/engine';
import { median, type Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds, orders } from '../support/orders';

const EVENTS = 10_000;

/** The first decision on an account with a long history that nobody has in memory. */
export async function coldAccount(lab: Lab): Promise<readonly Figure[]> {
  return lab.withDatabase(async (database) => {
    const accounts = accountIds(1);
    const next = orders(accounts);
    const writer = await openEngine(database);
    await writer.open(accounts);
    const orderCount = (EVENTS - 2) / 2;
    for (let placed = 0; placed < orderCount; placed += 1) await writer.decide(next.next().value);
    await assertCount(database, 'cold account', 'SELECT count(*) FROM store.events', EVENTS);
    await writer.close();
    const opened: number[] = [];
    for (let turn = 0; turn < (lab.quick ? 1 : 5); turn += 1) {
      const engine = await openEngine(database);
      const startedMs = performance.now();
      await engine.decide(next.next().value);
      opened.push(performance.now() - startedMs);
      await engine.close();
    }
    return [
      {
        name: `first decision on a cold account of ${EVENTS} events`,
        value: median(opened),
        unit: 'ms',
        goal: { atMost: 150 },
      },
    ];
  });
}
