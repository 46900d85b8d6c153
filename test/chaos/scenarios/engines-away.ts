import { setTimeout as delay } from 'node:timers/promises';
import { FaultyProxy } from '@duestream/event-store/testing';
import { StandInNode } from '../../eventstoredb-stand-in';
import { embeddedDatabase } from '../support/database';
import { storeIn } from '../support/stand-in';
import type { Run, Scenario } from '../support/run';
import type { ServerProcess } from '../support/server';
import { euros, message } from '../support/traffic';
import { underLoad, type UnderLoad } from '../support/under-load';
import { until } from '../support/wait';
import { mustRecover } from './strangers';

const AWAY_MS = 30_000;
const SHORT_AWAY_MS = 3_000;
const ASK_EVERY_MS = 100;
const QUERIES = ['/v1/holds', '/v1/accounts/C-0/exposure', '/v1/aging?by=account', '/v1/accounts'];

export const eventStoreAway: Scenario = {
  name: 'event-store-away',
  promise: 'EventStoreDB (stand-in) away: 503 with Retry-After for commands, queries go on, recovery without a restart',
  run: async (run) => {
    const node = await StandInNode.start();
    try {
      await underLoad(run, (parts) => takeStoreAway(run, node, parts), { env: storeIn(node) });
    } finally {
      await node.stop();
    }
  },
};

export const readModelsAway: Scenario = {
  name: 'read-models-away',
  promise: 'PostgreSQL away while events live in EventStoreDB (stand-in): commands go on, read models catch up',
  run: async (run) => {
    const node = await StandInNode.start();
    const postgres = await embeddedDatabase(run);
    const url = new URL(postgres.connectionString());
    const proxy = await FaultyProxy.inFrontOf({ host: url.hostname, port: Number(url.port) });
    url.port = String(proxy.port);
    try {
      const options = { env: storeIn(node), databaseUrl: url.href };
      await underLoad(run, (parts) => takeReadModelsAway(run, proxy, parts), options);
    } finally {
      await proxy.close();
      await postgres.stop();
      await node.stop();
    }
  },
};

async function takeStoreAway(run: Run, node: StandInNode, parts: UnderLoad): Promise<void> {
  const { server, ledger, load } = parts;
  await ledger.nextSentAfter(performance.now());
  await until('read models that know the accounts', async () => {
    const answers = await Promise.all(QUERIES.map((address) => server.http.get(address)));
    return answers.every(({ status }) => status === 200) || undefined;
  });
  const awayMs = run.isShort ? SHORT_AWAY_MS : AWAY_MS;
  node.goAway();
  const leftMs = performance.now();
  try {
    const [reasons] = await Promise.all([
      untilNotReady(server, 'eventStore'),
      mustAnswerQueries(run, server, leftMs + awayMs),
      mustBeAskedAgain(run, server, '/v1/accounts/C-0/history'),
      mustTurnAwayCommands(run, server, leftMs + awayMs),
    ]);
    run.count('health said', reasons);
  } finally {
    node.comeBack();
  }
  run.count('requests of the load that were turned away', [...load.repeats.values()].reduce((sum, one) => sum + one, 0)); // prettier-ignore
  await mustRecover(run, parts);
}

async function untilNotReady(server: ServerProcess, what: string): Promise<string> {
  return until('a server that says what is away', async () => {
    const { isReady, text } = await server.reasons();
    return !isReady && text.includes(what) ? text : undefined;
  });
}

async function mustAnswerQueries(run: Run, { http }: ServerProcess, untilMs: number): Promise<void> {
  const took: number[] = [];
  while (performance.now() < untilMs) {
    const askedMs = performance.now();
    const address = QUERIES[took.length % QUERIES.length] ?? '';
    const { status, text } = await http.get(address);
    run.must('queries go on', status === 200, () => `${address}: ${status} ${text.slice(0, 300)}`);
    took.push(performance.now() - askedMs);
    await delay(ASK_EVERY_MS);
  }
  run.durations('queries meanwhile', took);
  run.count('queries answered meanwhile', took.length);
}

/** Each for an account that nothing is under way for: what waits for the outcome of a write may wait longer. */
async function mustTurnAwayCommands(run: Run, { http }: ServerProcess, untilMs: number): Promise<void> {
  const took: number[] = [];
  for (let n = 0; performance.now() < untilMs; n += 1) {
    const sentMs = performance.now();
    const opened = { name: 'Nobody yet', currency: 'EUR' };
    const body = [message('away', `open-${n}`, 'account.opened.v1', `AWAY-${n}`, opened)];
    const { status, headers, text } = await http.post('/v1/messages', body);
    if (performance.now() < untilMs) {
      run.must('commands are turned away with 503', status === 503, () => `${status} ${text.slice(0, 300)}`);
      run.must('503 says when to come again', Number(headers['retry-after']) > 0);
      took.push(performance.now() - sentMs);
    }
    await delay(ASK_EVERY_MS);
  }
  run.must('commands are answered while the store is away', took.length > 0);
  run.durations('503 for a command', took);
  run.count('commands turned away with 503', took.length);
}

async function takeReadModelsAway(run: Run, proxy: FaultyProxy, parts: UnderLoad): Promise<void> {
  const { server, ledger, load } = parts;
  await ledger.nextSentAfter(performance.now());
  const awayMs = run.isShort ? SHORT_AWAY_MS : AWAY_MS;
  const before = ledger.entries.length;
  proxy.become('refuse');
  const leftMs = performance.now();
  try {
    await untilNotReady(server, 'readModels');
    const took: number[] = [];
    while (performance.now() < leftMs + awayMs) {
      const orderId = `SO-beside-${took.length}`;
      const sentMs = performance.now();
      const data = { orderId, amount: euros('1.00'), orderDate: '2026-03-02' };
      await load.deliver([message('beside', orderId, 'order.placed.v1', 'C-1', data)]);
      took.push(performance.now() - sentMs);
    }
    run.durations('orders meanwhile', took);
    run.must('commands go on', took.length > 1 && load.repeats.size === 0, () => JSON.stringify([...load.repeats]));
    run.count('acknowledged meanwhile', ledger.entries.length - before);
    for (const address of QUERIES) await mustBeAskedAgain(run, server, address);
  } finally {
    proxy.become('pass');
  }
  await mustRecover(run, parts);
}

async function mustBeAskedAgain(run: Run, { http }: ServerProcess, address: string): Promise<void> {
  const { status, headers, text } = await http.get(address);
  run.must(
    'what cannot be answered now is turned away with 503',
    status === 503,
    () => `${address}: ${status} ${text}`,
  );
  run.must('503 says when to come again', Number(headers['retry-after']) > 0, () => address);
}
