import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { openAccounts, orderBatches, postMessages } from '../http/bodies';
import { startServer, type ServerProcess } from '../http/server-process';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds } from '../support/orders';

const BATCH = 500;
const SENDERS = 4;

/** What the server holds after a million events of 100 000 accounts, and whether it still grows. */
export async function memoryOfServer(lab: Lab): Promise<readonly Figure[]> {
  const accounts = accountIds(lab.quick ? 1_000 : 100_000);
  const orderCount = accounts.length * 4;
  const eventCount = 2 * (accounts.length + orderCount);
  return lab.withDatabase(async (database) => {
    const server = await startServer(database, await mkdtemp(path.join(lab.folder, 'server-')));
    try {
      await openAccounts(server.url, accounts);
      const half = await sendOrders(server, accounts, 0, orderCount / 2);
      const atHalfMb = await settledMemory(server);
      const rest = await sendOrders(server, accounts, orderCount / 2, orderCount / 2);
      const atEndMb = await settledMemory(server);
      if (half + rest !== orderCount) throw new Error(`${orderCount - half - rest} orders were not accepted`);
      await assertCount(database, 'memory', 'SELECT count(*) FROM store.events', eventCount);
      const name = `memory of the server after ${eventCount} events, ${accounts.length} accounts`;
      return [
        { name, value: atEndMb, unit: 'MB', goal: { atMost: 600 } },
        { name: 'memory at the end ÷ at half', value: atEndMb / atHalfMb, unit: 'times', goal: { atMost: 1.1 } },
      ];
    } finally {
      await server.stop();
    }
  });
}

async function sendOrders(
  server: ServerProcess,
  accounts: Parameters<typeof orderBatches>[0],
  first: number,
  count: number,
): Promise<number> {
  let [accepted, next] = [0, 0];
  const batches = Math.ceil(count / BATCH);
  const sender = async (): Promise<void> => {
    while (next < batches) {
      const batch = next++;
      const [body = '[]'] = orderBatches(accounts, 1, Math.min(BATCH, count - batch * BATCH), first + batch * BATCH);
      const ofBatch = await postMessages(server.url, body);
      accepted += ofBatch;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return accepted;
}

/** The highest of the next seconds: the collector takes its time. */
async function settledMemory(server: ServerProcess): Promise<number> {
  let highest = 0;
  for (let second = 0; second < 3; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    highest = Math.max(highest, await server.memoryMb());
  }
  return highest;
}
