import type { EntityManager } from 'typeorm';
import { Parameters } from '../queries/parameters';
import { knows, type Point } from '../queries/point';
import { invoiceItemsSql } from './invoice-items-sql';
import { settlementsSql } from './paid-items-sql';

/** What the histories of some accounts are made of, each by account. */
export interface HistoryRows {
  readonly exposure: ByAccount<ExposureDay>;
  readonly items: ByAccount<ItemFigures>;
  readonly settlements: ByAccount<SettlementFigures>;
  readonly limits: ByAccount<LimitFigures>;
  readonly disputes: ByAccount<DisputeFigures>;
  readonly reversals: ByAccount<{ readonly accountId: string; readonly reversedOn: string }>;
}

type ByAccount<Row> = ReadonlyMap<string, Row[]>;

/** Whatever its day, as far as the point knows it; items only if they were not settled for good by the day `from`. */
export async function readHistoryRows(
  manager: EntityManager,
  point: Point,
  ids: readonly string[],
  from: string,
): Promise<HistoryRows> {
  const read = async <Row extends { readonly accountId: string }>(sql: Statement): Promise<ByAccount<Row>> => {
    const parameters = new Parameters();
    const accounts = `ANY (${parameters.add(ids)}::text[])`;
    const rows: Row[] = await manager.query(sql({ point, parameters, accounts }), parameters.values);
    return groupedBy(rows, ({ accountId }) => accountId);
  };
  return {
    exposure: await read(exposureSql),
    items: await read((asked) => itemsSql(asked, from)),
    settlements: await read(settledSql),
    limits: await read(limitsSql),
    disputes: await read(disputesSql),
    reversals: await read(reversalsSql),
  };
}

interface Asked {
  readonly point: Point;
  readonly parameters: Parameters;
  /** To compare an account id with. */
  readonly accounts: string;
}

type Statement = (asked: Asked) => string;

export interface ExposureDay {
  readonly accountId: string;
  readonly day: string;
  readonly amount: string;
}

function exposureSql({ point, parameters, accounts }: Asked): string {
  return `
    SELECT m.account_id AS "accountId", m.effective_at AS day,
           sum(CASE WHEN m.category IN ('unappliedCash', 'creditNotes', 'secured') THEN -m.amount ELSE m.amount END) AS amount
      FROM moves m
      JOIN accounts a ON a.account_id = m.account_id AND a.currency = m.currency
     WHERE m.account_id = ${accounts} AND ${knows(point, parameters, 'm.recorded_at', 'm.seq')}
     GROUP BY 1, 2
     ORDER BY 1, 2`;
}

export interface ItemFigures {
  readonly accountId: string;
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly currency: string;
  readonly original: string;
  readonly dueOn: string;
  readonly stepDays: readonly string[];
  readonly stepOpen: readonly string[];
}

function itemsSql({ point, parameters, accounts }: Asked, from: string): string {
  const since = `${parameters.add(from)}::date`;
  return `
    SELECT account_id AS "accountId", company, number, item, currency, original, due_on AS "dueOn",
           step_days AS "stepDays", step_open AS "stepOpen"
      FROM (${invoiceItemsSql(point, parameters, since, (accountId) => `${accountId} = ${accounts}`)}) i`;
}

export interface SettlementFigures {
  readonly accountId: string;
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly byPayment: boolean;
  readonly appliedOn: string;
  readonly day: string;
  readonly amount: string;
}

function settledSql({ point, parameters, accounts }: Asked): string {
  return `
    SELECT account_id AS "accountId", company, number, item, by_payment AS "byPayment", applied_on AS "appliedOn", day,
           amount
      FROM (${settlementsSql()}) s
     WHERE account_id = ${accounts} AND ${knows(point, parameters)}`;
}

interface LimitFigures {
  readonly accountId: string;
  readonly amount: string | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

function limitsSql({ point, parameters, accounts }: Asked): string {
  return `
    SELECT account_id AS "accountId", amount, valid_from AS "validFrom", valid_to AS "validTo"
      FROM limits
     WHERE account_id = ${accounts} AND ${knows(point, parameters)}
     ORDER BY account_id, revision`;
}

interface DisputeFigures {
  readonly accountId: string;
  readonly company: string;
  readonly number: string;
  readonly amount: string;
  readonly currency: string;
  readonly openedOn: string;
  readonly resolvedOn: string;
}

function disputesSql({ point, parameters, accounts }: Asked): string {
  const isKnown = knows(point, parameters, 'resolved_at', 'resolved_seq');
  return `
    SELECT account_id AS "accountId", company, invoice_id AS number, amount, currency, opened_on AS "openedOn",
           CASE WHEN ${isKnown} THEN resolved_on ELSE 'infinity' END AS "resolvedOn"
      FROM disputes
     WHERE account_id = ${accounts} AND ${knows(point, parameters)}`;
}

function reversalsSql({ point, parameters, accounts }: Asked): string {
  return `
    SELECT account_id AS "accountId", reversed_on AS "reversedOn"
      FROM documents
     WHERE account_id = ${accounts} AND kind = 'payment' AND reversed_on IS NOT NULL
       AND ${knows(point, parameters, 'reversed_at', 'reversed_seq')}`;
}

export function groupedBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
