import { openEngine, type Engine } from '../decisions/engine';
import { sampleDecision } from '../decisions/sample';
import { closedLoop, perSecond } from '../support/closed-loop';
import { median, type Figure } from '../support/figure';
import { assertCount, query, type Lab } from '../support/lab';
import { accountIds, orders } from '../support/orders';
import type { StoredDecision } from '../support/rival';

const WAITING = 32;
const SMALL = 50_000;
const LARGE = 5_000_000;
const EVENTS_PER_STREAM = 10;
const ROWS_PER_COMMIT = 100_000;

/** What a decision costs when the store is a hundred times as large. */
export async function costInLargeStore(lab: Lab): Promise<readonly Figure[]> {
  const large = lab.quick ? 2 * SMALL : LARGE;
  const sample = await sampleDecision(lab);
  return lab.withDatabase(async (database) => {
    const engine = await openEngine(database);
    try {
      const accounts = accountIds(10_000);
      await engine.open(accounts);
      const next = orders(accounts);
      const rate = (): Promise<number> => decisionRate(lab, engine, () => next.next().value);
      await fill(lab, database, sample, SMALL);
      const small = await rate();
      await fill(lab, database, sample, large);
      await assertAtLeast(database, large);
      return [
        { name: `decisions with ${SMALL} events in the store`, value: small, unit: 'decisions/s' },
        ...(await compared(small, large, rate)),
      ];
    } finally {
      await engine.close();
    }
  });
}

async function compared(small: number, events: number, rate: () => Promise<number>): Promise<readonly Figure[]> {
  const large = await rate();
  return [
    { name: `decisions with ${events} events in the store`, value: large, unit: 'decisions/s' },
    {
      name: `cost of a decision, ${events} events ÷ ${SMALL}`,
      value: small / large,
      unit: 'times',
      goal: { atMost: 1.25 },
    },
  ];
}

async function decisionRate(lab: Lab, engine: Engine, next: () => Parameters<Engine['decide']>[0]): Promise<number> {
  const rates: number[] = [];
  for (let turn = 0; turn < (lab.quick ? 1 : 5); turn += 1) {
    rates.push(perSecond(await closedLoop(WAITING, lab.quick ? 0.3 : 2, () => engine.decide(next()))));
  }
  return median(rates);
}

/** Events of other accounts up to so many in all, written by the database itself, as our own would be. */
async function fill(
  lab: Pick<Lab, 'settle'>,
  database: string,
  { placed, approved }: StoredDecision,
  upTo: number,
): Promise<void> {
  const [row] = await query(database, 'SELECT count(*) FROM store.events');
  for (let from = Number(row?.['count']); from < upTo; from += ROWS_PER_COMMIT) {
    const rows = Math.min(ROWS_PER_COMMIT, upTo - from);
    await query(
      database,
      `WITH made AS (
         SELECT 'account-filled-' || $2::int || '-' || n / ${EVENTS_PER_STREAM} AS stream_id, n % ${EVENTS_PER_STREAM} AS revision, n
         FROM generate_series(0, $1::int - 1) AS n
       ), heads AS (
         INSERT INTO store.streams (stream_id, revision) SELECT stream_id, max(revision) FROM made GROUP BY stream_id
       )
       INSERT INTO store.events (incarnation, xid, sequence, stream_id, revision, id, type, data, metadata)
       SELECT (SELECT max(incarnation) FROM store.incarnations), pg_current_xact_id(), n + 1, stream_id, revision,
         overlay(gen_random_uuid()::text PLACING ${COMMAND_TIME} FROM 1 FOR 13)::uuid,
         CASE WHEN n % 2 = 0 THEN $3 ELSE $5 END, CASE WHEN n % 2 = 0 THEN $4 ELSE $6 END, $7
       FROM made`,
      [rows, from, placed.type, placed.data, approved.type, approved.data, approved.metadata],
    );
  }
  // A store that has grown over years has this behind it; here it would come in the middle of the measure.
  await query(database, 'VACUUM (ANALYZE) store.events');
  await query(database, 'VACUUM (ANALYZE) store.streams');
  await lab.settle();
}

/** The milliseconds in front of an event's id, as a command id has them. */
const COMMAND_TIME = `(SELECT left(hex, 8) || '-' || right(hex, 4)
  FROM lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS hex)`;

async function assertAtLeast(database: string, events: number): Promise<void> {
  await assertCount(
    database,
    'the large store',
    `SELECT least(count(*), ${events}) AS count FROM store.events`,
    events,
  );
}
