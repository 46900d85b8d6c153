import type { Parameters } from './parameters';
import { instantOf, isLater, type Point } from './point';

/**
 * A SELECT of every item that is not zero at the point: its keys and dates, `open` (unsigned), `signed` (negative for
 * payments and credit notes) and `age`, the days past due.
 *
 * The staircase answers for any day at once; what was recorded after the point is then taken off again, which reads
 * only the moves since. `scope` limits the accounts; it may use `i.account_id` and must name no other column.
 */
export function openItemsSql(point: Point, parameters: Parameters, scope: (accountId: string) => string): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  const step = `i.step_open[width_bucket(${asOf}, i.step_days)]`;
  const source = point.isLatest
    ? `SELECT i.*, ${step} AS open
         FROM items i
        WHERE i.settled_on > ${asOf} AND ${scope('i.account_id')}`
    : `SELECT i.*, coalesce(${step}, 0) - coalesce(late.amount, 0) AS open
         FROM items i
         LEFT JOIN (${laterSql(point, parameters, asOf, scope)}) late
                ON (late.account_id, late.kind, late.company, late.number, late.item)
                 = (i.account_id, i.kind, i.company, i.number, i.item)
        WHERE (i.settled_on > ${asOf} OR late.amount IS NOT NULL) AND ${scope('i.account_id')}`;
  return `
    SELECT o.account_id, o.kind, o.company, o.number, o.item, o.currency, o.original, o.issued_on, o.due_on, o.open,
           CASE WHEN o.kind = 'invoice' THEN o.open ELSE -o.open END AS signed,
           ${asOf} - o.due_on AS age
      FROM (${source}) o
     WHERE o.open <> 0`;
}

function laterSql(point: Point, parameters: Parameters, asOf: string, scope: (accountId: string) => string): string {
  return `
    SELECT m.account_id, m.kind, m.company, m.number, m.item, sum(m.amount) AS amount
      FROM moves m
     WHERE m.effective_at <= ${asOf}
       AND ${isLater(point, parameters, 'm.recorded_at', 'm.seq')}
       AND m.category IN ('receivables', 'unappliedCash', 'creditNotes')
       AND ${scope('m.account_id')}
     GROUP BY 1, 2, 3, 4, 5`;
}

/** Disputes alive at the point, per invoice. They may dispute more than is open: whoever uses it takes the smaller. */
export function liveDisputesSql(point: Point, parameters: Parameters, scope: (accountId: string) => string): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  const known = `${instantOf(point, parameters)}`;
  const seq = `${parameters.add(point.seq)}::bigint`;
  return `
    SELECT d.account_id, d.company, d.invoice_id AS number, sum(d.amount) AS amount
      FROM disputes d
     WHERE d.opened_on <= ${asOf} AND d.recorded_at <= ${known} AND d.seq <= ${seq}
       AND (d.resolved_on > ${asOf} OR d.resolved_at > ${known} OR d.resolved_seq > ${seq})
       AND ${scope('d.account_id')}
     GROUP BY 1, 2, 3`;
}
