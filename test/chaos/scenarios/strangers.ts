import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Run, Scenario } from '../support/run';
import type { ServerProcess } from '../support/server';
import { asSuperuser, connectTo, createStranger, STRANGER } from '../support/stranger';
import { euros, message } from '../support/traffic';
import { underLoad, type UnderLoad } from '../support/under-load';
import { until } from '../support/wait';

/** More than the server has. */
const MOST_CONNECTIONS = 200;

export const connectionLimit: Scenario = {
  name: 'connection-limit',
  promise: 'every connection of PostgreSQL taken by a stranger: 503 and the reason, nothing lost, full recovery',
  run: (run) => underLoad(run, (parts) => takeAllConnections(run, parts)),
};

export const openTransaction: Scenario = {
  name: 'open-transaction',
  promise: "a stranger's transaction left open: decisions go on, health names it, read models catch up after it",
  run: (run) =>
    underLoad(run, async (parts) => {
      await leaveTransactionOpen(run, parts);
      await holdAnAccount(run, parts);
    }),
};

async function takeAllConnections(run: Run, { server, ledger, load }: UnderLoad): Promise<void> {
  const taken: Client[] = [];
  try {
    await asSuperuser(server.dataDir, (superuser) => takeEverything(superuser, server, taken));
    run.count('connections taken', taken.length);
    const reasons = await until('a server that is not ready', async () => {
      const told = await server.reasons();
      return told.isReady ? undefined : told.text;
    });
    run.must('health says that connections are used up', /too many|connection slots/i.test(reasons), () => reasons);
    run.count('health said', reasons);
    await until('requests that are turned away', () => (load.repeats.size > 0 ? true : undefined));
    await delay(run.isShort ? 0 : 30_000);
  } finally {
    for (const client of taken) await client.end();
  }
  await mustRecover(run, { server, ledger });
}

/** The server's own connections would last for long: it is kept out while the stranger takes them all. */
async function takeEverything(superuser: Client, server: ServerProcess, taken: Client[]): Promise<void> {
  await createStranger(server.dataDir, superuser);
  await superuser.query('ALTER ROLE duestream CONNECTION LIMIT 0');
  await until('no connection of the server', async () => {
    const { rowCount } = await superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'duestream'`,
    );
    return rowCount === 0 ? true : undefined;
  });
  while (await takesOne(server, taken));
  await superuser.query('ALTER ROLE duestream CONNECTION LIMIT -1');
}

async function takesOne(server: ServerProcess, taken: Client[]): Promise<boolean> {
  if (taken.length === MOST_CONNECTIONS) throw new Error(`PostgreSQL has more than ${MOST_CONNECTIONS} connections`);
  try {
    taken.push(await connectTo(server.dataDir, STRANGER));
    return true;
  } catch {
    return false;
  }
}

/** Hides whatever is written later from everybody who reads in the order of transactions. */
async function leaveTransactionOpen(run: Run, { server, ledger, load }: UnderLoad): Promise<void> {
  const stranger = await connectTo(server.dataDir, 'duestream');
  const seconds = run.isShort ? 1 : 60;
  try {
    await stranger.query('BEGIN');
    await stranger.query('CREATE TABLE left_open (nothing text)');
    const before = ledger.entries.length;
    const told = await until('a word about the transaction', async () => {
      const { isReady, text } = await server.reasons();
      run.must('the server stays ready', isReady, () => text);
      return /holds a write transaction open/.test(text) ? text : undefined;
    });
    run.must('health names who holds it', told.includes('stranger'), () => told);
    run.count('health said', told);
    await delay(seconds * 1_000);
    await ledger.nextSentAfter(performance.now());
    run.must('decisions go on', ledger.entries.length > before && load.repeats.size === 0);
    run.count('acknowledged meanwhile', ledger.entries.length - before);
  } finally {
    await stranger.query('ROLLBACK');
    await stranger.end();
  }
  await mustRecover(run, { server, ledger });
}

/** Holds the row that every write to one account needs. Whoever sends to it waits; the other accounts must not. */
async function holdAnAccount(run: Run, parts: UnderLoad): Promise<void> {
  const { server, load } = parts;
  const stranger = await connectTo(server.dataDir, 'duestream');
  const [hot = '', ...others] = load.accounts;
  const seconds = run.isShort ? 3 : 60;
  try {
    await stranger.query('BEGIN');
    const { rowCount } = await stranger.query('SELECT FROM store.streams WHERE stream_id = $1 FOR UPDATE', [
      `account-${hot}`,
    ]);
    run.must('the account is there to be held', rowCount === 1);
    const took = await sendToOthers(parts, others, seconds * 1_000);
    run.must('messages to other accounts are answered while one is held', took.length > 1);
    run.count(`answers to other accounts in ${seconds} s`, took.length);
    run.durations('answers to other accounts', took);
    const told = await until('a word about the transaction', async () => {
      const { text } = await server.reasons();
      return text.includes(STRANGER) ? text : undefined;
    });
    run.count('health said of the held account', told);
  } finally {
    await stranger.query('ROLLBACK');
    await stranger.end();
  }
  await mustRecover(run, parts);
}

/** Orders one after the other, each for the next account, beside the load that soon waits for the held one. */
async function sendToOthers(
  { load }: UnderLoad,
  accounts: readonly string[],
  forMs: number,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (const startedMs = performance.now(); performance.now() - startedMs < forMs;) {
    const accountId = accounts[took.length % accounts.length] ?? '';
    const [orderId, sentMs] = [`SO-beside-${took.length}`, performance.now()];
    const data = { orderId, amount: euros('1.00'), orderDate: '2026-03-02' };
    await load.deliver([message('beside', orderId, 'order.placed.v1', accountId, data)]);
    took.push(performance.now() - sentMs);
  }
  return took;
}

/** Answers again, says that it is ready, and shows what it wrote. */
export async function mustRecover(run: Run, { server, ledger }: Pick<UnderLoad, 'server' | 'ledger'>): Promise<void> {
  const endedMs = performance.now();
  const acknowledgedMs = await ledger.nextSentAfter(endedMs);
  const { position = null } = ledger.entries.at(-1)?.answer ?? {};
  await until('a server that is ready and says nothing', async () => {
    const { isReady, text } = await server.reasons();
    return isReady && text === '' ? true : undefined;
  });
  const shown = await until('a read model that shows the latest write', async () => {
    const headers = { 'duestream-min-position': position ?? '' };
    const answer = await server.http.get('/v1/holds', { headers });
    return answer.status === 503 ? undefined : answer.status;
  });
  run.must('the read models are read again', shown === 200, () => String(shown));
  run.count('recovery, ms (answers, all of it)', `${Math.round(acknowledgedMs - endedMs)}, ${Math.round(performance.now() - endedMs)}`); // prettier-ignore
}
