import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Run, Scenario } from '../support/run';
import { connectTo } from '../support/stranger';
import { underLoad, type UnderLoad } from '../support/under-load';
import { until } from '../support/wait';

const MOST_SLOWER = 1.5;

export const slowReader: Scenario = {
  name: 'slow-reader',
  promise: "a reader's query of 30 s during load: decisions and read models unaffected",
  run: (run) => underLoad(run, (parts) => readSlowly(run, parts)),
};

async function readSlowly(run: Run, { server, ledger, load }: UnderLoad): Promise<void> {
  const seconds = run.isShort ? 2 : 30;
  const startedMs = performance.now();
  await delay(run.isShort ? 1_000 : 10_000);
  const reader = await connectTo(server.dataDir, 'duestream');
  try {
    const beganMs = performance.now();
    const reading = query(reader, seconds);
    let keptUp = 0;
    const isDone = reading.then(() => true);
    while (!(await Promise.race([isDone, delay(250).then(() => false)]))) {
      await showsTheLatest(run, { server, ledger });
      keptUp += 1;
    }
    const { before, after } = await reading;
    const endedMs = performance.now();
    run.must('the reader sees one moment', before === after, () => `${before} decisions, then ${after}`);
    const [quiet, loud] = [ledger.tookBetween(startedMs, beganMs), ledger.tookBetween(beganMs, endedMs)];
    run.must('decisions go on during the query', loud.length > 0 && load.repeats.size === 0);
    run.count('query, s', Math.round((endedMs - beganMs) / 1_000));
    run.count('looks at the read models meanwhile', keptUp);
    const usual = run.durations('answers before', quiet).median;
    const meanwhile = run.durations('answers during the query', loud).median;
    run.aim(`answers take at most ${MOST_SLOWER} times as long`, meanwhile <= usual * MOST_SLOWER, `${meanwhile} ms instead of ${usual} ms`); // prettier-ignore
  } finally {
    await reader.end();
  }
}

/** One statement after the other in one snapshot, as a report does that somebody pages through. */
async function query(reader: Client, seconds: number): Promise<{ before: string; after: string }> {
  const count = async (): Promise<string> => {
    const { rows } = await reader.query<{ decisions: string }>('SELECT count(*) AS decisions FROM reporting.decisions');
    return rows[0]?.decisions ?? '';
  };
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const before = await count();
  await reader.query(`SELECT count(*), pg_sleep(${seconds}) FROM reporting.decisions`);
  const after = await count();
  await reader.query('COMMIT');
  return { before, after };
}

/** Within the time that a query waits for a position. */
async function showsTheLatest(run: Run, { server, ledger }: Pick<UnderLoad, 'server' | 'ledger'>): Promise<void> {
  const latest = ledger.entries.findLast(({ answer }) => answer.position !== null);
  const position = latest?.answer.position;
  if (latest === undefined || position === undefined || position === null) return;
  const headers = { 'duestream-min-position': position };
  const shown = await until('a read model that shows the latest write', async () => {
    const answer = await server.http.get(`/v1/accounts/${latest.message.subject}/exposure`, { headers });
    return answer.status === 503 ? undefined : answer;
  });
  run.must('the read models follow during the query', shown.status === 200, () => shown.text);
}
