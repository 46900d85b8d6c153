import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { closedLoop, perSecond, type LoopResult } from '../support/closed-loop';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds, orderData } from '../support/orders';
import { accountAt, openAccounts, orderBatches } from './bodies';
import { httpClient } from './client';
import { startProcess, startServer } from './server-process';

const ACCOUNTS = 10_000;
const BATCH = 100;
const DECISIONS_SQL = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;

/** What comes through the server's two doors, the batch and the single order, with its read models running. */
export async function httpThroughput(lab: Lab): Promise<readonly Figure[]> {
  const seconds = lab.quick ? 1 : 10;
  const accounts = accountIds(ACCOUNTS);
  return lab.withDatabase(async (database) => {
    const server = await startServer(database, await mkdtemp(path.join(lab.folder, 'server-')));
    try {
      await openAccounts(server.url, accounts);
      const single = await load(server.url, 64, seconds, (number) => {
        const order = 10_000_000 + number;
        return [`/v1/accounts/${accountAt(accounts, order)}/orders`, JSON.stringify(orderData(order))];
      });
      await untilReadModelsFollow(server.url);
      const bodies = orderBatches(accounts, lab.quick ? 800 : 6_000, BATCH);
      const batches = await load(server.url, 8, seconds, (number) => ['/v1/messages', bodyOf(bodies, number)]);
      await assertCount(database, 'HTTP', DECISIONS_SQL, batches.sent * BATCH + single.sent);
      const bare = await bareRate(seconds);
      return [
        {
          name: 'POST /v1/messages, 100 a request, 8 connections',
          value: perSecond(batches.measured) * BATCH,
          unit: 'decisions/s',
          goal: { atLeast: 12_000 },
        },
        { name: 'single orders, 64 connections', value: perSecond(single.measured), unit: 'decisions/s' },
        { name: 'a Nest route with the same DTO, 64 connections', value: bare, unit: 'requests/s' },
        {
          name: 'single orders ÷ a Nest route with the same DTO',
          value: perSecond(single.measured) / bare,
          unit: 'times',
          goal: { atLeast: 0.5 },
        },
      ];
    } finally {
      await server.stop();
    }
  });
}

/** An empty batch is answered too, but decides nothing. */
function bodyOf(bodies: readonly string[], number: number): string {
  const body = bodies[number];
  if (body === undefined) throw new Error(`${bodies.length} batches were too few for so fast a server`);
  return body;
}

/** What one measure leaves them to do would take its time from the next. */
async function untilReadModelsFollow(url: string): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const lag = /^duestream_read_model_lag_events (\d+)$/m.exec(metrics)?.[1];
    if (lag === undefined) throw new Error('the server tells no lag of its read models');
    if (Number(lag) === 0) return;
    await setTimeout(100);
  }
}

async function bareRate(seconds: number): Promise<number> {
  const server = await startProcess('test/bench/baselines/nest-route.js', {});
  try {
    const bare = await load(server.url, 64, seconds, (number) => [
      '/v1/accounts/C-100000/orders',
      JSON.stringify(orderData(number)),
    ]);
    return perSecond(bare.measured);
  } finally {
    await server.stop();
  }
}

interface Load {
  readonly measured: LoopResult;
  /** With the warm-up. Each was answered. */
  readonly sent: number;
}

/** As many clients as connections, each waiting for its answer; the path and body of the n-th request are `next(n)`. */
async function load(
  url: string,
  connections: number,
  seconds: number,
  next: (number: number) => readonly [path: string, body: string],
): Promise<Load> {
  const client = httpClient(url, connections);
  let sent = 0;
  const once = async (): Promise<boolean> => {
    await client.post(...next(sent++));
    return true;
  };
  try {
    await closedLoop(connections, seconds / 4, once);
    const measured = await closedLoop(connections, seconds, once);
    return { measured, sent };
  } finally {
    await client.close();
  }
}
