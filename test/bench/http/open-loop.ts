import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds, orderData } from '../support/orders';
import { accountAt, openAccounts } from './bodies';
import { httpClient, type HttpClient } from './client';
import { startServer } from './server-process';

const ORDERS_PER_SECOND = 1_500;
const ACCOUNTS = 10_000;
const WARM_UP_SECONDS = 3;
/** Every so manieth acknowledged order is looked for in the read model. */
const LOOKED_FOR = 50;

/**
 * Orders that come at their time, whether the ones before were answered or not, as in life. A latency counts from the
 * moment at which the order was due, so that a server that stalls cannot hide it.
 */
export async function openLoop(lab: Lab): Promise<readonly Figure[]> {
  const seconds = lab.quick ? 2 : 60;
  const accounts = accountIds(ACCOUNTS);
  return lab.withDatabase(async (database) => {
    const server = await startServer(database, await mkdtemp(path.join(lab.folder, 'server-')));
    const client = httpClient(server.url, 256);
    const reader = httpClient(server.url, 8);
    try {
      await openAccounts(server.url, accounts);
      const place = (number: number) =>
        client.post(`/v1/accounts/${accountAt(accounts, number)}/orders`, JSON.stringify(orderData(number)));
      const see = (number: number, position: string) =>
        reader.get(`/v1/accounts/${accountAt(accounts, number)}/exposure`, { 'duestream-min-position': position });
      const warmUp = await run(0, WARM_UP_SECONDS, place, see);
      const measured = await run(warmUp.sent, seconds, place, see);
      const sql = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;
      await assertCount(database, 'open loop', sql, warmUp.sent + measured.sent - warmUp.errors - measured.errors);
      return figuresOf(measured);
    } finally {
      await closeAll([client, reader]);
      await server.stop();
    }
  });
}

interface Measured {
  readonly sent: number;
  readonly errors: number;
  /** Microseconds. */
  readonly latency: RecordableHistogram;
  readonly lag: RecordableHistogram;
}

async function run(
  firstNumber: number,
  seconds: number,
  place: (number: number) => Promise<{ readonly position: string | null }>,
  see: (number: number, position: string) => Promise<unknown>,
): Promise<Measured> {
  const [latency, lag] = [createHistogram(), createHistogram()];
  let [sent, errors] = [0, 0];
  const pending = new Set<Promise<void>>();
  const startedMs = performance.now();
  const order = async (number: number, dueMs: number): Promise<void> => {
    try {
      const { position } = await place(number);
      const answeredMs = performance.now();
      record(latency, answeredMs - dueMs);
      if (number % LOOKED_FOR > 0 || position === null) return;
      await see(number, position);
      record(lag, performance.now() - answeredMs);
    } catch {
      errors += 1;
    }
  };
  while (performance.now() - startedMs < seconds * 1000) {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * ORDERS_PER_SECOND);
    for (; sent < due; sent += 1) {
      const one = order(firstNumber + sent, startedMs + (sent / ORDERS_PER_SECOND) * 1000);
      pending.add(one);
      void one.finally(() => pending.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  return { sent, errors, latency, lag };
}

function record(histogram: RecordableHistogram, milliseconds: number): void {
  histogram.record(Math.max(1, Math.round(milliseconds * 1000)));
}

function figuresOf({ errors, latency, lag }: Measured): readonly Figure[] {
  const where = `${ORDERS_PER_SECOND} orders/s`;
  const at = (histogram: RecordableHistogram, percentile: number): number => histogram.percentile(percentile) / 1000;
  return [
    { name: `${where}: p50`, value: at(latency, 50), unit: 'ms', goal: { atMost: 8 } },
    { name: `${where}: p99`, value: at(latency, 99), unit: 'ms', goal: { atMost: 30 } },
    { name: `${where}: errors`, value: errors, unit: 'orders', goal: { atMost: 0 } },
    { name: `${where}: read model behind, p99`, value: at(lag, 99), unit: 'ms', goal: { atMost: 120 } },
  ];
}

async function closeAll(clients: readonly HttpClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
