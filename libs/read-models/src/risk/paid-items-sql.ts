import type { Parameters } from '../queries/parameters';
import { knows, type Point } from '../queries/point';
import { invoiceItemsSql } from './invoice-items-sql';
import type { RiskRules } from './rules';

/**
 * Of the invoice items that were fully paid by the day, per account and currency: those paid within the window and
 * within the one before.
 *
 * Fully paid (DOMAIN.md §7) means that a payment closed the item and nothing of it was written off. A credit note may
 * have lowered before what was owed. One that closes the item itself says nothing of when the customer paid: the day
 * is that of whoever wrote the credit note.
 */
export function daysLateSql(point: Point, parameters: Parameters, rules: RiskRules): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  const days = rules.signals['days-late.rising'].windowDays ?? 0;
  return `
    SELECT account_id, currency,
           sum(original * late) FILTER (WHERE paid_on > ${asOf} - ${days}) AS recent_weighted,
           sum(original) FILTER (WHERE paid_on > ${asOf} - ${days}) AS recent_amount,
           sum(original * late) FILTER (WHERE paid_on <= ${asOf} - ${days}) AS previous_weighted,
           sum(original) FILTER (WHERE paid_on <= ${asOf} - ${days}) AS previous_amount
      FROM (
        SELECT c.account_id, c.currency, c.original, c.closed_on AS paid_on, greatest(c.closed_on - c.due_on, 0) AS late
          FROM (${closedItemsSql(point, parameters, 2 * days)}) c
          JOIN (${settlementsSql()}) s
            ON (s.account_id, s.company, s.number, s.item) = (c.account_id, c.company, c.number, c.item)
         WHERE s.day <= ${asOf} AND ${knows(point, parameters, 's.recorded_at', 's.seq')}
         GROUP BY c.account_id, c.company, c.number, c.item, c.currency, c.original, c.due_on, c.closed_on
        HAVING sum(s.amount) = c.original
           AND sum(s.amount) FILTER (WHERE s.by_payment AND s.applied_on = c.closed_on) > 0
      ) paid
     GROUP BY 1, 2`;
}

/** Invoice items with nothing open on the day, and closed on one of the `days` up to it. */
function closedItemsSql(point: Point, parameters: Parameters, days: number): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  const items = invoiceItemsSql(point, parameters, `${asOf} - ${days}`, () => 'true');
  return `
    SELECT i.account_id, i.company, i.number, i.item, i.currency, i.original, i.due_on, i.closed_on
      FROM (
        SELECT i.*, i.step_days[width_bucket(${asOf}, i.step_days)] AS closed_on,
               i.step_open[width_bucket(${asOf}, i.step_days)] AS open
          FROM (${items}) i
      ) i
     WHERE i.open = 0 AND i.closed_on > ${asOf} - ${days}`;
}

/**
 * What was applied to invoice items, and what ended of it, as dated amounts: of those up to a day the sum is what
 * stands then. What an item lacks to its original amount was written off.
 */
export function settlementsSql(): string {
  return `
    SELECT a.account_id, a.invoice_company AS company, a.invoice_id AS number, a.item,
           a.payment_id IS NOT NULL AS by_payment, a.applied_on, a.applied_on AS day, a.amount, a.recorded_at, a.seq
      FROM applications a
    UNION ALL
    SELECT a.account_id, a.invoice_company, a.invoice_id, a.item,
           a.payment_id IS NOT NULL, a.applied_on, e.ended_on, -e.amount, e.recorded_at, e.seq
      FROM applications a
      JOIN application_endings e
        ON (e.account_id, e.company, e.application_id, e.item) = (a.account_id, a.company, a.application_id, a.item)`;
}
