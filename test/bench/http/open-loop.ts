import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds, orderData } from '../support/orders';
import { accountAt, openAccounts } from './bodies';
import { httpClient, type HttpClient } from './client';
import { startServer, type ServerProcess } from './server-process';

const ORDERS_PER_SECOND = 1_500;
const SECONDS = 60;
const ACCOUNTS = 10_000;
const WARM_UP_SECONDS = 3;
/** Every so manieth acknowledged order is looked for in the read model. */
const LOOKED_FOR = 50;

/** Decisions and read models of one server that feeds them itself. */
export function openLoop(lab: Lab): Promise<readonly Figure[]> {
  return lab.withDatabase(async (database) => {
    const server = await startServer(database, await mkdtemp(path.join(lab.folder, 'server-')));
    return figuresOf(await measureOpenLoop(lab, server, database, ORDERS_PER_SECOND));
  });
}

/**
 * Orders that come at their time, whether the ones before were answered or not, as in life. A latency counts from the
 * moment at which the order was due, so that a server that stalls cannot hide it. Stops the server.
 */
export async function measureOpenLoop(
  { quick }: Pick<Lab, 'quick'>,
  server: ServerProcess,
  database: string,
  ordersPerSecond: number,
): Promise<Measured> {
  const seconds = quick ? 2 : SECONDS;
  const accounts = accountIds(ACCOUNTS);
  const client = httpClient(server.url, 256);
  const reader = httpClient(server.url, 8);
  try {
    await openAccounts(server.url, accounts);
    const place = (number: number) =>
      client.post(`/v1/accounts/${accountAt(accounts, number)}/orders`, JSON.stringify(orderData(number)));
    const see = (number: number, position: string) =>
      reader.get(`/v1/accounts/${accountAt(accounts, number)}/exposure`, { 'duestream-min-position': position });
    const warmUp = await run({ firstNumber: 0, seconds: WARM_UP_SECONDS, ordersPerSecond, place, see });
    const measured = await run({ firstNumber: warmUp.sent, seconds, ordersPerSecond, place, see });
    const sql = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;
    await assertCount(database, 'open loop', sql, warmUp.sent + measured.sent - warmUp.errors - measured.errors);
    return measured;
  } finally {
    await closeAll([client, reader]);
    await server.stop();
  }
}

export interface Measured {
  readonly sent: number;
  readonly errors: number;
  /** Microseconds. */
  readonly latency: RecordableHistogram;
  readonly lag: RecordableHistogram;
}

interface Loop {
  readonly firstNumber: number;
  readonly seconds: number;
  readonly ordersPerSecond: number;
  readonly place: (number: number) => Promise<{ readonly position: string | null }>;
  readonly see: (number: number, position: string) => Promise<unknown>;
}

async function run({ firstNumber, seconds, ordersPerSecond, place, see }: Loop): Promise<Measured> {
  const [latency, lag] = [createHistogram(), createHistogram()];
  let [sent, errors] = [0, 0];
  const pending = new Set<Promise<void>>();
  const startedMs = performance.now();
  const order = async (number: number, dueMs: number): Promise<void> => {
    try {
      const { position } = await place(number);
      const answeredMs = performance.now();
      record(latency, answeredMs - dueMs);
      if (number % LOOKED_FOR > 0) return;
      if (position === null) throw new Error('an answer without a position tells no lag');
      await see(number, position);
      record(lag, performance.now() - answeredMs);
    } catch {
      errors += 1;
    }
  };
  while (performance.now() - startedMs < seconds * 1000) {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * ordersPerSecond);
    for (; sent < due; sent += 1) {
      const one = order(firstNumber + sent, startedMs + (sent / ordersPerSecond) * 1000);
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
  return [
    { name: `${where}: p50`, value: millisecondsAt(latency, 50), unit: 'ms', goal: { atMost: 8 } },
    { name: `${where}: p99`, value: millisecondsAt(latency, 99), unit: 'ms', goal: { atMost: 30 } },
    { name: `${where}: errors`, value: errors, unit: 'orders', goal: { atMost: 0 } },
    { name: `${where}: read model behind, p99`, value: millisecondsAt(lag, 99), unit: 'ms', goal: { atMost: 120 } },
  ];
}

export function millisecondsAt(histogram: RecordableHistogram, percentile: number): number {
  return histogram.percentile(percentile) / 1000;
}

async function closeAll(clients: readonly HttpClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
