import { setTimeout as delay } from 'node:timers/promises';
import type { CreditDecision } from '@duestream/domain';
import { embeddedDatabase } from '../support/database';
import { NoAnswer } from '../support/http';
import { signal } from '../support/processes';
import { proveIntact, publicEvents } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { ServerProcess } from '../support/server';
import { euros, Traffic } from '../support/traffic';
import { until } from '../support/wait';
import type { Random } from '../support/random';

const HOT = 'HOT';
const SHARE_THAT_FITS = 0.6;
const LEAST_CENTS = 100;
const MOST_CENTS = 999;
const PAUSE_MS = 50;
const PATIENCE_MS = 180_000;

export const twoServers: Scenario = {
  name: 'two-servers',
  promise: 'two servers, one hot account, one server stopped for a while: exactly what fits is approved, no hole',
  run: async (run) => {
    const database = await embeddedDatabase(run);
    const servers: ServerProcess[] = [];
    try {
      for (const name of ['first', 'second']) {
        servers.push(await ServerProcess.of(run, { name, databaseUrl: database.connectionString() }));
      }
      await Promise.all(servers.map((server) => server.start()));
      await Promise.race([hammer(run, servers), ...servers.map((server) => server.lost)]);
    } finally {
      for (const server of servers) await server.stop();
      await database.stop();
    }
  },
};

interface Order {
  readonly orderId: string;
  readonly cents: number;
}

interface Given {
  readonly order: Order;
  readonly outcome: CreditDecision['outcome'];
}

async function hammer(run: Run, servers: readonly ServerProcess[]): Promise<void> {
  const orders = ordersOf(run.random, run.size(800, 100_000));
  const limit = Math.floor(orders.reduce((sum, { cents }) => sum + cents, 0) * SHARE_THAT_FITS);
  const [first, second] = servers;
  if (first === undefined || second === undefined) throw new Error('two servers were started');
  await first.http.post('/v1/messages', Traffic.opening([HOT]));
  await first.http.send('PUT', `/v1/accounts/${HOT}/limit`, { body: { amount: euros(decimal(limit)) } });

  const given: Given[] = [];
  const queue = orders.values();
  const clients = Array.from({ length: run.isShort ? 32 : 256 }, async (_, n) => {
    const server = n % 2 === 0 ? first : second;
    for (const order of queue) given.push(await place(run, server, order));
  });
  const startedMs = performance.now();
  await Promise.race([stopInTheMiddle(run, second, given, orders.length), Promise.all(clients)]);
  await Promise.all(clients);
  const seconds = (performance.now() - startedMs) / 1_000;
  run.count('orders', given.length);
  run.count('orders a second, the stop included', Math.round(given.length / seconds));
  await prove(run, first, orders, given, limit);
}

async function place(run: Run, { http }: ServerProcess, { orderId, cents }: Order): Promise<Given> {
  const body = { orderId, amount: euros(decimal(cents)), orderDate: '2026-03-02' };
  const startedMs = performance.now();
  for (;;) {
    const answer = await http.post(`/v1/accounts/${HOT}/orders`, body).catch((error: unknown) => {
      if (error instanceof NoAnswer) return null;
      throw error;
    });
    if (answer !== null && (answer.status === 201 || answer.status === 200)) {
      const { decision } = JSON.parse(answer.text) as { decision: CreditDecision };
      return { order: { orderId, cents }, outcome: decision.outcome };
    }
    run.must('an order that is not taken answers 503', answer?.status === 503, () => answer?.text ?? 'no answer');
    run.count('orders sent again', Number(run.counts['orders sent again'] ?? 0) + 1);
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error(`order ${orderId} was never answered`);
    await delay(PAUSE_MS);
  }
}

async function stopInTheMiddle(
  run: Run,
  server: ServerProcess,
  given: readonly Given[],
  orders: number,
): Promise<void> {
  await until('half of the orders', () => (given.length >= orders / 2 ? true : undefined), { withinMs: 3_600_000 });
  const stoppedMs = run.isShort ? 1_000 : 10_000;
  const before = given.length;
  signal(server.pid, 'SIGSTOP');
  await delay(stoppedMs);
  run.must('the other server goes on meanwhile', given.length > before);
  run.count(`answered by the other in ${stoppedMs / 1_000} s`, given.length - before);
  signal(server.pid, 'SIGCONT');
}

/** Replays the decisions in the order of the account's events: each approved one fitted, each held one did not. */
async function prove(
  run: Run,
  server: ServerProcess,
  orders: readonly Order[],
  given: readonly Given[],
  limit: number,
): Promise<void> {
  const centsOf = new Map(orders.map(({ orderId, cents }) => [orderId, cents]));
  const decided = new Map<string, string>();
  let [exposure, revision, approved] = [0, 0, 0];
  for await (const event of publicEvents(server.http, HOT)) {
    run.must('revisions have no hole', event.revision === revision, () => `${event.revision} instead of ${revision}`);
    revision = event.revision + 1;
    const { orderId, decision } = event.data as { orderId?: string; decision?: CreditDecision };
    if (orderId === undefined || decision === undefined) continue;
    const cents = centsOf.get(orderId) ?? Number.NaN;
    const fits = exposure + cents <= limit;
    run.must('exactly what fits is approved', (decision.outcome === 'approved') === fits, () => {
      return `${orderId} of ${cents} at ${exposure} of ${limit}: ${decision.outcome}`;
    });
    run.must('an order is decided once', !decided.has(orderId), () => orderId);
    decided.set(orderId, decision.outcome);
    if (decision.outcome === 'approved') [exposure, approved] = [exposure + cents, approved + 1];
  }
  run.must('every order is decided', decided.size === orders.length, () => `${decided.size} of ${orders.length}`);
  for (const { order, outcome } of given) {
    run.must('what was answered is what stands', decided.get(order.orderId) === outcome, () => order.orderId);
  }
  run.must('the limit is used up to less than an order', exposure <= limit && exposure + MOST_CENTS > limit);
  run.count('approved', approved);
  run.count('exposure of limit', `${decimal(exposure)} of ${decimal(limit)}`);
  await proveIntact(run, server.http);
}

function ordersOf(random: Random, count: number): readonly Order[] {
  return Array.from({ length: count }, (_, n) => ({
    orderId: `SO-${n}`,
    cents: random.between(LEAST_CENTS, MOST_CENTS),
  }));
}

function decimal(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
