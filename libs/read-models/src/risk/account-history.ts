import { addDays, epochDay, minorOf, type Currency, type LocalDate } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import type { Point } from '../queries/point';
import { settlementsSql } from './paid-items-sql';
import type { RiskRules } from './rules';

/** What an account's signals of any past day are made of. Days are counted from 1970-01-01, amounts in minor units. */
export interface AccountHistory {
  readonly currency: string;
  readonly missingFields: readonly string[];
  /** Exposure before its floor, from each day on. */
  readonly exposure: Stairs;
  readonly items: readonly HistoryItem[];
  readonly limits: readonly { readonly amount: bigint | null; readonly from: number; readonly to: number }[];
  readonly disputes: readonly HistoryDispute[];
  readonly reversals: readonly number[];
}

export interface Stairs {
  readonly days: readonly number[];
  readonly values: readonly bigint[];
}

export interface HistoryItem {
  readonly invoice: string;
  readonly currency: string;
  readonly original: bigint;
  readonly due: number;
  readonly open: Stairs;
  readonly settlements: readonly Settlement[];
}

/** What an application settled of an item from a day on, or, negative, what ended of it. */
export interface Settlement {
  readonly byPayment: boolean;
  readonly appliedOn: number;
  readonly day: number;
  readonly amount: bigint;
}

export interface HistoryDispute {
  readonly invoice: string;
  readonly amount: bigint;
  readonly from: number;
  /** The first day without it. */
  readonly until: number;
}

export const NEVER = Number.MAX_SAFE_INTEGER;

/** The histories of some accounts, as known now. `accounts` gives the currency of each and what its profile lacks. */
export async function loadHistories(
  manager: EntityManager,
  point: Point,
  accounts: ReadonlyMap<string, { readonly currency: string; readonly missingFields: readonly string[] }>,
  rules: RiskRules,
): Promise<ReadonlyMap<string, AccountHistory>> {
  const ids = [...accounts.keys()];
  const from = addDays(point.asOf as LocalDate, -rules.lookBackDays);
  const [exposure, items, settlements, limits, disputes, reversals] = [
    await readExposure(manager, ids),
    await readItems(manager, ids, from),
    await readSettlements(manager, ids),
    await readLimits(manager, ids),
    await readDisputes(manager, ids),
    await readReversals(manager, ids),
  ];
  const histories = new Map<string, AccountHistory>();
  for (const [accountId, { currency, missingFields }] of accounts) {
    const own = <Row extends { readonly accountId: string }>(rows: ReadonlyMap<string, Row[]>) =>
      rows.get(accountId) ?? [];
    histories.set(accountId, {
      currency,
      missingFields,
      exposure: accumulate(own(exposure), currency),
      items: toItems(own(items), own(settlements)),
      limits: own(limits).map((row) => ({
        amount: row.amount === null ? null : minor(row.amount, currency),
        from: dayNumber(row.validFrom),
        to: row.validTo === null ? NEVER : dayNumber(row.validTo),
      })),
      disputes: own(disputes).map((row) => ({
        invoice: invoiceKey(row),
        amount: minor(row.amount, row.currency),
        from: dayNumber(row.openedOn),
        until: dayNumber(row.resolvedOn),
      })),
      reversals: own(reversals).map((row) => dayNumber(row.reversedOn)),
    });
  }
  return histories;
}

interface ExposureDay {
  readonly accountId: string;
  readonly day: string;
  readonly amount: string;
}

async function readExposure(manager: EntityManager, ids: readonly string[]) {
  const rows: ExposureDay[] = await manager.query(
    `SELECT m.account_id AS "accountId", m.effective_at AS day,
            sum(CASE WHEN m.category IN ('unappliedCash', 'creditNotes', 'secured') THEN -m.amount ELSE m.amount END) AS amount
       FROM moves m
       JOIN accounts a ON a.account_id = m.account_id AND a.currency = m.currency
      WHERE m.account_id = ANY ($1::text[])
      GROUP BY 1, 2
      ORDER BY 1, 2`,
    [ids],
  );
  return grouped(rows);
}

interface ItemFigures {
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

async function readItems(manager: EntityManager, ids: readonly string[], from: string) {
  const rows: ItemFigures[] = await manager.query(
    `SELECT account_id AS "accountId", company, number, item, currency, original, due_on AS "dueOn",
            step_days AS "stepDays", step_open AS "stepOpen"
       FROM items
      WHERE account_id = ANY ($1::text[]) AND kind = 'invoice' AND settled_on > $2::date`,
    [ids, from],
  );
  return grouped(rows);
}

interface SettlementFigures {
  readonly accountId: string;
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly byPayment: boolean;
  readonly appliedOn: string;
  readonly day: string;
  readonly amount: string;
}

async function readSettlements(manager: EntityManager, ids: readonly string[]) {
  const rows: SettlementFigures[] = await manager.query(
    `SELECT account_id AS "accountId", company, number, item, by_payment AS "byPayment", applied_on AS "appliedOn", day, amount
       FROM (${settlementsSql()}) s
      WHERE account_id = ANY ($1::text[])`,
    [ids],
  );
  return grouped(rows);
}

async function readLimits(manager: EntityManager, ids: readonly string[]) {
  const rows: { accountId: string; amount: string | null; validFrom: string; validTo: string | null }[] =
    await manager.query(
      `SELECT account_id AS "accountId", amount, valid_from AS "validFrom", valid_to AS "validTo"
         FROM limits WHERE account_id = ANY ($1::text[]) ORDER BY account_id, revision`,
      [ids],
    );
  return grouped(rows);
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

async function readDisputes(manager: EntityManager, ids: readonly string[]) {
  const rows: DisputeFigures[] = await manager.query(
    `SELECT account_id AS "accountId", company, invoice_id AS number, amount, currency, opened_on AS "openedOn",
            resolved_on AS "resolvedOn"
       FROM disputes WHERE account_id = ANY ($1::text[])`,
    [ids],
  );
  return grouped(rows);
}

async function readReversals(manager: EntityManager, ids: readonly string[]) {
  const rows: { accountId: string; reversedOn: string }[] = await manager.query(
    `SELECT account_id AS "accountId", reversed_on AS "reversedOn"
       FROM documents
      WHERE account_id = ANY ($1::text[]) AND kind = 'payment' AND reversed_on IS NOT NULL`,
    [ids],
  );
  return grouped(rows);
}

function grouped<Row extends { readonly accountId: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  return groupedBy(rows, ({ accountId }) => accountId);
}

function groupedBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function accumulate(rows: readonly ExposureDay[], currency: string): Stairs {
  let sum = 0n;
  const values = rows.map((row) => (sum += minor(row.amount, currency)));
  return { days: rows.map((row) => dayNumber(row.day)), values };
}

function toItems(rows: readonly ItemFigures[], settlements: readonly SettlementFigures[]): HistoryItem[] {
  const byItem = groupedBy(settlements, itemKey);
  return rows.map((row) => ({
    invoice: invoiceKey(row),
    currency: row.currency,
    original: minor(row.original, row.currency),
    due: dayNumber(row.dueOn),
    open: { days: row.stepDays.map(dayNumber), values: row.stepOpen.map((text) => minor(text, row.currency)) },
    settlements: (byItem.get(itemKey(row)) ?? []).map((settled) => ({
      byPayment: settled.byPayment,
      appliedOn: dayNumber(settled.appliedOn),
      day: dayNumber(settled.day),
      amount: minor(settled.amount, row.currency),
    })),
  }));
}

function itemKey(row: { readonly company: string; readonly number: string; readonly item: number }): string {
  return `${invoiceKey(row)}\u0000${row.item}`;
}

function invoiceKey({ company, number }: { readonly company: string; readonly number: string }): string {
  return `${company}\u0000${number}`;
}

function dayNumber(date: string): number {
  return date === 'infinity' ? NEVER : epochDay(date as LocalDate);
}

function minor(text: string, currency: string): bigint {
  return minorOf(text, currency as Currency) ?? 0n;
}
