import type { AgingBy, AgingItem } from '@duestream/contracts';
import type { EntityManager } from 'typeorm';
import { zero } from '../projection/staircase';
import { bucketRanges, type BucketRange } from './buckets';
import { listed, type Cursor, type Listed } from './cursor';
import { liveDisputesSql, openItemsSql } from './open-items-sql';
import { Parameters } from './parameters';
import { knows, type Point } from './point';

export interface AgingQuestion {
  readonly by: AgingBy;
  readonly currency: string | null;
  readonly borders: readonly number[];
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

interface GroupRow {
  readonly key: string;
  readonly currency: string;
  readonly total: string;
  readonly overdue: string | null;
  readonly items: number;
  readonly amounts: readonly (string | null)[];
  readonly counts: readonly number[];
}

/** Open amounts per group and currency by days past due (DOMAIN.md §4). The buckets of a group add up to its total. */
export async function agingOf(manager: EntityManager, point: Point, asked: AgingQuestion): Promise<Listed<AgingItem>> {
  const ranges = bucketRanges(asked.borders);
  const groups = await readGroups(manager, point, asked, ranges);
  const disputed = await readDisputed(manager, point, asked);
  return listed(
    groups,
    asked.size,
    (row) => toItem(row, ranges, disputed.get(`${row.currency}${row.key}`)),
    (last) => ({ ...point, question: asked.question, key: [last.key, last.currency] }),
  );
}

async function readGroups(
  manager: EntityManager,
  point: Point,
  asked: AgingQuestion,
  ranges: readonly BucketRange[],
): Promise<GroupRow[]> {
  const parameters = new Parameters();
  const open = openItemsSql(point, parameters, pageScope(asked, parameters));
  const join = asked.by === 'segment' ? profileJoin(point, parameters, 'b') : '';
  // Per account where accounts matter, so that a profile is looked up once an account and not once an item.
  const account = asked.by === 'portfolio' ? `''::text` : 'o.account_id';
  const amounts = ranges.map((_range, index) => `sum(b.signed) FILTER (WHERE b.bucket = ${index})`).join(', ');
  const counts = ranges
    .map((_range, index) => `coalesce(sum(b.items) FILTER (WHERE b.bucket = ${index}), 0)`)
    .join(', ');
  await manager.query(FOR_MANY_ITEMS);
  const rows: GroupRow[] = await manager.query(
    `WITH b AS (${sumsPerBucketSql(account, open, currencySql(asked, parameters), ranges)})
     SELECT *
       FROM (
         SELECT ${keySql(asked.by, 'b')} AS key, b.currency, sum(b.signed) AS total, sum(b.items)::integer AS items,
                sum(b.signed) FILTER (WHERE b.is_invoice AND b.bucket > 0) AS overdue,
                ARRAY[${amounts}]::numeric[] AS amounts, ARRAY[${counts}]::integer[] AS counts
           FROM b ${join}
          GROUP BY 1, 2
       ) g
      ${afterSql(asked, parameters)}
      ORDER BY key, currency
      ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}`,
    parameters.values,
  );
  return rows;
}

/**
 * Until the end of the transaction. The sums of ten thousand accounts do not fit the ordinary 4 MB, and would be sorted
 * through files instead; and the planner, who guesses far more of them than there are, would not let others help.
 */
const FOR_MANY_ITEMS = `SELECT set_config('work_mem', '32MB', true), set_config('parallel_tuple_cost', '0.01', true)`;

/** Two sums an item, where a sum per bucket would be a dozen. `bucket` is the index of the range. */
function sumsPerBucketSql(account: string, open: string, where: string, ranges: readonly BucketRange[]): string {
  const begins = ranges.slice(1).map(({ from }) => String(from ?? 0));
  return `
    SELECT ${account} AS account_id, o.currency, o.kind = 'invoice' AS is_invoice,
           width_bucket(o.age, ARRAY[${begins.join(', ')}]) AS bucket, sum(o.signed) AS signed, count(*) AS items
      FROM (${open}) o
     WHERE ${where}
     GROUP BY 1, 2, 3, 4`;
}

/** What is disputed of each group's invoices: per invoice the smaller of its open amount and its live disputes. */
async function readDisputed(
  manager: EntityManager,
  point: Point,
  asked: AgingQuestion,
): Promise<ReadonlyMap<string, string>> {
  const parameters = new Parameters();
  const scope = pageScope(asked, parameters);
  const disputes = liveDisputesSql(point, parameters, scope);
  const disputedAccounts = (accountId: string) =>
    `${scope(accountId)} AND ${accountId} IN (SELECT account_id FROM live_disputes)`;
  const open = openItemsSql(point, parameters, disputedAccounts);
  const join = asked.by === 'segment' ? profileJoin(point, parameters, 'o') : '';
  const rows: { key: string; currency: string; amount: string }[] = await manager.query(
    `WITH live_disputes AS MATERIALIZED (${disputes}),
          o AS (
            SELECT i.account_id, i.currency, least(sum(i.open), max(l.amount)) AS amount
              FROM (${open}) i
              JOIN live_disputes l ON (l.account_id, l.company, l.number) = (i.account_id, i.company, i.number)
             WHERE i.kind = 'invoice'
             GROUP BY i.account_id, i.company, i.number, i.currency
          )
     SELECT ${keySql(asked.by, 'o')} AS key, o.currency, sum(o.amount) AS amount
       FROM o ${join}
      GROUP BY 1, 2`,
    parameters.values,
  );
  return new Map(rows.map((row) => [`${row.currency}${row.key}`, row.amount]));
}

function toItem(row: GroupRow, ranges: readonly BucketRange[], disputed: string | undefined): AgingItem {
  const nothing = zero(row.currency);
  return {
    key: row.key,
    currency: row.currency,
    buckets: ranges.map(({ from, to }, index) => ({
      from,
      to,
      amount: row.amounts[index] ?? nothing,
      count: row.counts[index] ?? 0,
    })),
    total: row.total,
    overdue: row.overdue ?? nothing,
    disputed: disputed ?? nothing,
    openItems: row.items,
  };
}

function keySql(by: AgingBy, row: string): string {
  switch (by) {
    case 'portfolio':
      return `''::text`;
    case 'account':
      return `${row}.account_id`;
    case 'segment':
      return `coalesce(p.segment, '') COLLATE "C"`;
  }
}

/** The segment that the account was in as the point knows it. */
function profileJoin(point: Point, parameters: Parameters, row: string): string {
  const isKnown = knows(point, parameters, 'p.recorded_at', 'p.seq');
  const isSuperseded = knows(point, parameters, 'p.superseded_at', 'p.superseded_seq');
  return `LEFT JOIN profiles p ON p.account_id = ${row}.account_id AND ${isKnown}
              AND (p.superseded_seq IS NULL OR NOT ${isSuperseded})`;
}

/** By account, a page needs only the accounts from the cursor on, in the order of the items' key. */
function pageScope(asked: AgingQuestion, parameters: Parameters): (accountId: string) => string {
  const first = asked.after?.key[0];
  if (asked.by !== 'account' || first === undefined) return () => 'true';
  const bound = parameters.add(first);
  return (accountId) => `${accountId} >= ${bound}`;
}

function currencySql(asked: AgingQuestion, parameters: Parameters): string {
  return asked.currency === null ? 'true' : `o.currency = ${parameters.add(asked.currency)}`;
}

function afterSql(asked: AgingQuestion, parameters: Parameters): string {
  const [lastKey, lastCurrency] = asked.after?.key ?? [];
  if (lastKey === undefined) return '';
  return `WHERE (key, currency) > (${parameters.add(lastKey)}, ${parameters.add(lastCurrency)})`;
}
