import { minorOf, type Currency } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import { limitOfDaySql } from '../queries/limits';
import { liveDisputesSql, openItemsSql } from '../queries/open-items-sql';
import { Parameters } from '../queries/parameters';
import { isLater, knows, type Point } from '../queries/point';
import type { Book, Signals } from './assess';
import { groupedBy } from './history-rows';
import { daysLateSql } from './paid-items-sql';
import type { RiskRules } from './rules';

export interface AccountSignals {
  readonly accountId: string;
  readonly name: string;
  readonly signals: Signals;
}

interface ProfileFigures {
  readonly accountId: string;
  readonly name: string;
  readonly currency: string;
  readonly missing: readonly string[];
  readonly exposure: string | null;
  readonly limit: string | null;
  readonly limitExpiredOn: string | null;
  readonly bounced: number | null;
}

interface BookFigures {
  readonly accountId: string;
  readonly currency: string;
  readonly oldest: number | null;
  readonly open: string | null;
  readonly overdue: string | null;
  readonly disputed: string | null;
  readonly recentWeighted: string | null;
  readonly recentAmount: string | null;
  readonly previousWeighted: string | null;
  readonly previousAmount: string | null;
}

/** The signals of every account at the point, in two statements over whole tables: never an account at a time. */
export async function portfolioSignals(
  manager: EntityManager,
  point: Point,
  rules: RiskRules,
): Promise<AccountSignals[]> {
  const profiles = await readProfiles(manager, point, rules);
  const books = groupedBy(await readBooks(manager, point, rules), ({ accountId }) => accountId);
  return profiles.map((profile) => toSignals(profile, books.get(profile.accountId) ?? []));
}

const LOWERING = `('unappliedCash', 'creditNotes', 'secured')`;

async function readProfiles(manager: EntityManager, point: Point, rules: RiskRules): Promise<ProfileFigures[]> {
  const parameters = new Parameters();
  const sql = profileFiguresSql(point, parameters, rules);
  return manager.query(
    `SELECT account_id AS "accountId", name, currency, missing, exposure, limit_amount AS "limit",
            limit_expired_on AS "limitExpiredOn", bounced
       FROM (${sql}) f`,
    parameters.values,
  );
}

/** One row per account: what its profile, limit, exposure and reversed payments say at the point. */
export function profileFiguresSql(point: Point, parameters: Parameters, rules: RiskRules): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  const isSuperseded = knows(point, parameters, 'p.superseded_at', 'p.superseded_seq');
  const missing = rules.mandatoryFields.map((field) => {
    const column = field === 'riskClass' ? 'risk_class' : field;
    return `CASE WHEN coalesce(p.${column}, '') = '' THEN '${field}' END`;
  });
  const windowDays = rules.signals['payment.bounced'].windowDays ?? 0;
  return `
     SELECT p.account_id, p.name, p.currency,
            array_remove(ARRAY[${missing.join(', ')}]::text[], NULL) AS missing,
            e.amount AS exposure, l.amount AS limit_amount, x.expired_on AS limit_expired_on, r.bounced
       FROM profiles p
       LEFT JOIN (${exposureSql(point, parameters, asOf)}) e
              ON (e.account_id, e.currency) = (p.account_id, p.currency)
       LEFT JOIN (${limitOfDaySql(point, parameters, 'true')}) l ON l.account_id = p.account_id
       LEFT JOIN (
         SELECT account_id, max(valid_to) AS expired_on
           FROM limits
          WHERE valid_to < ${asOf} AND ${knows(point, parameters)}
          GROUP BY 1
       ) x ON x.account_id = p.account_id AND l.account_id IS NULL
       LEFT JOIN (
         SELECT account_id, count(*)::integer AS bounced
           FROM documents
          WHERE kind = 'payment' AND reversed_on <= ${asOf} AND reversed_on > ${asOf} - ${windowDays}
            AND ${knows(point, parameters, 'reversed_at', 'reversed_seq')}
          GROUP BY 1
       ) r ON r.account_id = p.account_id
      WHERE ${knows(point, parameters, 'p.recorded_at', 'p.seq')}
        AND (p.superseded_seq IS NULL OR NOT ${isSuperseded})`;
}

/** All balances, less the moves that the point does not count: those dated after its day and those it cannot know. */
function exposureSql(point: Point, parameters: Parameters, asOf: string): string {
  const later = point.isLatest ? `effective_at > ${asOf}` : `effective_at > ${asOf} OR ${isLater(point, parameters)}`;
  return `
    SELECT account_id, currency, sum(CASE WHEN category IN ${LOWERING} THEN -amount ELSE amount END) AS amount
      FROM (
        SELECT account_id, currency, category, amount FROM balances
        UNION ALL
        SELECT account_id, currency, category, -amount FROM moves WHERE ${later}
      ) b
     GROUP BY 1, 2`;
}

async function readBooks(manager: EntityManager, point: Point, rules: RiskRules): Promise<BookFigures[]> {
  const parameters = new Parameters();
  const sql = bookFiguresSql(point, parameters, rules);
  return manager.query(
    `SELECT account_id AS "accountId", currency, oldest, open, overdue, disputed,
            recent_weighted AS "recentWeighted", recent_amount AS "recentAmount",
            previous_weighted AS "previousWeighted", previous_amount AS "previousAmount"
       FROM (${sql}) f`,
    parameters.values,
  );
}

/** One row per account and currency: what its invoices say at the point. */
export function bookFiguresSql(point: Point, parameters: Parameters, rules: RiskRules): string {
  const everyone = () => 'true';
  const open = openItemsSql(point, parameters, everyone);
  const disputes = liveDisputesSql(point, parameters, everyone);
  const openOfDisputed = openItemsSql(
    point,
    parameters,
    (accountId) => `${accountId} IN (SELECT account_id FROM live_disputes)`,
  );
  return `
     WITH live_disputes AS MATERIALIZED (${disputes}),
          disputed AS (
            SELECT i.account_id, i.currency, sum(i.amount) AS disputed
              FROM (
                SELECT o.account_id, o.currency, least(sum(o.open), max(d.amount)) AS amount
                  FROM (${openOfDisputed}) o
                  JOIN live_disputes d ON (d.account_id, d.company, d.number) = (o.account_id, o.company, o.number)
                 WHERE o.kind = 'invoice'
                 GROUP BY o.account_id, o.company, o.number, o.currency
              ) i
             GROUP BY 1, 2
          ),
          open_invoices AS (
            SELECT o.account_id, o.currency, max(o.age) AS oldest, sum(o.open) AS open,
                   coalesce(sum(o.open) FILTER (WHERE o.age > 0), 0) AS overdue
              FROM (${open}) o
             WHERE o.kind = 'invoice'
             GROUP BY 1, 2
          ),
          books AS (SELECT * FROM open_invoices LEFT JOIN disputed USING (account_id, currency))
     SELECT account_id, currency, oldest, open, overdue, disputed, recent_weighted, recent_amount,
            previous_weighted, previous_amount
       FROM books
       FULL JOIN (${daysLateSql(point, parameters, rules)}) late USING (account_id, currency)`;
}

function toSignals(profile: ProfileFigures, rows: readonly BookFigures[]): AccountSignals {
  const { accountId, name, currency } = profile;
  const exposure = minorOrZero(profile.exposure, currency);
  const signals: Signals = {
    currency,
    exposure: exposure < 0n ? 0n : exposure,
    limit: profile.limit === null ? null : minorOrZero(profile.limit, currency),
    limitExpiredOn: profile.limitExpiredOn,
    oldestDaysPastDue: Math.max(0, ...rows.map((row) => row.oldest ?? 0)),
    books: rows.map(toBook).sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    bouncedPayments: profile.bounced ?? 0,
    missingFields: profile.missing,
  };
  return { accountId, name, signals };
}

function toBook(row: BookFigures): Book {
  const amount = (text: string | null) => minorOrZero(text, row.currency);
  return {
    currency: row.currency,
    open: amount(row.open),
    overdue: amount(row.overdue),
    disputed: amount(row.disputed),
    recent: { weighted: amount(row.recentWeighted), amount: amount(row.recentAmount) },
    previous: { weighted: amount(row.previousWeighted), amount: amount(row.previousAmount) },
  };
}

function minorOrZero(text: string | null, currency: string): bigint {
  return text === null ? 0n : (minorOf(text, currency as Currency) ?? 0n);
}
