import { addDays, epochDay, minorOf, type Currency, type LocalDate } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import type { Point } from '../queries/point';
import { groupedBy, readHistoryRows, type ExposureDay, type ItemFigures, type SettlementFigures } from './history-rows';
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

/** The histories of some accounts, as known at the point. `accounts` gives the currency of each and what its profile lacks. */
export async function loadHistories(
  manager: EntityManager,
  point: Point,
  accounts: ReadonlyMap<string, { readonly currency: string; readonly missingFields: readonly string[] }>,
  rules: RiskRules,
): Promise<ReadonlyMap<string, AccountHistory>> {
  const ids = [...accounts.keys()];
  const from = addDays(point.asOf as LocalDate, -rules.lookBackDays);
  const rows = await readHistoryRows(manager, point, ids, from);
  const histories = new Map<string, AccountHistory>();
  for (const [accountId, { currency, missingFields }] of accounts) {
    const own = <Row>(ofAll: ReadonlyMap<string, Row[]>) => ofAll.get(accountId) ?? [];
    histories.set(accountId, {
      currency,
      missingFields,
      exposure: accumulate(own(rows.exposure), currency),
      items: toItems(own(rows.items), own(rows.settlements)),
      limits: own(rows.limits).map((row) => ({
        amount: row.amount === null ? null : minor(row.amount, currency),
        from: dayNumber(row.validFrom),
        to: row.validTo === null ? NEVER : dayNumber(row.validTo),
      })),
      disputes: own(rows.disputes).map((row) => ({
        invoice: invoiceKey(row),
        amount: minor(row.amount, row.currency),
        from: dayNumber(row.openedOn),
        until: dayNumber(row.resolvedOn),
      })),
      reversals: own(rows.reversals).map((row) => dayNumber(row.reversedOn)),
    });
  }
  return histories;
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
