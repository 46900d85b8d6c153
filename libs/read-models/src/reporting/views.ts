import { limitOfDaySql } from '../queries/limits';
import { liveDisputesSql, openItemsSql } from '../queries/open-items-sql';
import type { Point } from '../queries/point';
import { asked, today, viewParameters } from './points';
import { atRiskSql } from './at-risk-view';

const everyone = () => 'true';

/**
 * What analysts rely on. Columns are only ever added, at the end: `CREATE OR REPLACE` refuses anything else, and so
 * views that analysts built on these survive. Tables are named without a schema and bound when the view is made.
 */
export function reportingStatements(timeZone: string): readonly string[] {
  return [
    `CREATE OR REPLACE FUNCTION reporting.business_date() RETURNS date LANGUAGE sql STABLE
     RETURN (now() AT TIME ZONE '${timeZone.replaceAll("'", "''")}')::date`,
    `CREATE OR REPLACE VIEW reporting.open_items AS ${openItemsView()}`,
    `CREATE OR REPLACE VIEW reporting.exposure AS ${exposureView()}`,
    `CREATE OR REPLACE VIEW reporting.aging_today AS ${agingSql(today)}`,
    `CREATE OR REPLACE FUNCTION reporting.aging(as_of date, known_at timestamptz DEFAULT NULL)
     RETURNS TABLE (
       account_id text, currency text, not_due numeric, days_1_30 numeric, days_31_60 numeric, days_61_90 numeric,
       days_91_plus numeric, total numeric, overdue numeric, disputed numeric, open_items bigint
     ) LANGUAGE sql STABLE SECURITY DEFINER
     BEGIN ATOMIC
       ${agingSql(asked)};
     END`,
    `CREATE OR REPLACE VIEW reporting.at_risk AS ${atRiskSql()}`,
    `CREATE OR REPLACE VIEW reporting.decisions AS
     SELECT account_id, revision, company, order_id, outcome, trigger, total, currency, business_date, recorded_at,
            actor_id, decision::jsonb AS decision
       FROM decisions`,
  ];
}

function openItemsView(): string {
  return `
    SELECT o.account_id, o.kind, o.company, o.number, o.item, o.currency,
           CASE WHEN o.kind = 'invoice' THEN o.original ELSE -o.original END AS original,
           o.signed AS open, o.issued_on, o.due_on, o.age AS days_past_due,
           CASE WHEN o.age <= 0 THEN 'not due' WHEN o.age <= 30 THEN '1-30' WHEN o.age <= 60 THEN '31-60'
                WHEN o.age <= 90 THEN '61-90' ELSE '91+' END AS bucket
      FROM (${openItemsSql(today, viewParameters(), everyone)}) o`;
}

function exposureView(): string {
  const parameters = viewParameters();
  const category = (name: string) => `coalesce(sum(b.amount) FILTER (WHERE b.category = '${name}'), 0)`;
  return `
    SELECT e.account_id, e.name, e.segment, e.currency, e.orders, e.deliveries, e.receivables, e.unapplied_cash,
           e.credit_notes, e.total, l.amount AS limit_amount, l.amount - e.total AS available,
           round(e.total / nullif(l.amount, 0), 4) AS utilisation
      FROM (
        SELECT c.*, greatest(c.orders + c.deliveries + c.receivables - c.unapplied_cash - c.credit_notes, 0) AS total
          FROM (
            SELECT a.account_id, a.name, a.segment, a.currency, ${category('orders')} AS orders,
                   ${category('deliveries')} AS deliveries, ${category('receivables')} AS receivables,
                   ${category('unappliedCash')} AS unapplied_cash, ${category('creditNotes')} AS credit_notes
              FROM accounts a
              LEFT JOIN (
                SELECT account_id, currency, category, amount FROM balances
                UNION ALL
                SELECT account_id, currency, category, -amount FROM moves
                 WHERE effective_at > reporting.business_date()
              ) b ON (b.account_id, b.currency) = (a.account_id, a.currency)
             GROUP BY a.account_id
          ) c
      ) e
      LEFT JOIN (${limitOfDaySql(today, parameters, 'true')}) l ON l.account_id = e.account_id`;
}

function agingSql(point: Point): string {
  const parameters = viewParameters();
  const bucket = (condition: string) => `coalesce(sum(o.signed) FILTER (WHERE ${condition}), 0)`;
  return `
    SELECT g.account_id, g.currency, g.not_due, g.days_1_30, g.days_31_60, g.days_61_90, g.days_91_plus, g.total,
           g.overdue, coalesce(x.disputed, 0) AS disputed, g.open_items
      FROM (
        SELECT o.account_id, o.currency, ${bucket('o.age <= 0')} AS not_due,
               ${bucket('o.age BETWEEN 1 AND 30')} AS days_1_30, ${bucket('o.age BETWEEN 31 AND 60')} AS days_31_60,
               ${bucket('o.age BETWEEN 61 AND 90')} AS days_61_90, ${bucket('o.age >= 91')} AS days_91_plus,
               sum(o.signed) AS total,
               coalesce(sum(o.open) FILTER (WHERE o.kind = 'invoice' AND o.age > 0), 0) AS overdue,
               count(*) AS open_items
          FROM (${openItemsSql(point, parameters, everyone)}) o
         GROUP BY o.account_id, o.currency
      ) g
      LEFT JOIN (
        SELECT i.account_id, i.currency, sum(i.disputed) AS disputed
          FROM (
            SELECT i.account_id, i.currency, least(sum(i.open), max(d.amount)) AS disputed
              FROM (${openItemsSql(point, parameters, everyone)}) i
              JOIN (${liveDisputesSql(point, parameters, everyone)}) d
                ON (d.account_id, d.company, d.number) = (i.account_id, i.company, i.number)
             WHERE i.kind = 'invoice'
             GROUP BY i.account_id, i.company, i.number, i.currency
          ) i
         GROUP BY i.account_id, i.currency
      ) x ON (x.account_id, x.currency) = (g.account_id, g.currency)`;
}
