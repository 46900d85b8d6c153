import type { Currency } from '../../money/currencies';
import { maxBig } from '../../money/money';
import { latest, type LocalDate } from '../../time/local-date';
import { sumOf, type Dated } from '../dated';

/** An invoice with its open items: one, or one per instalment. */
export interface Invoice {
  readonly company: string;
  readonly number: string;
  readonly currency: Currency;
  readonly issuedOn: LocalDate;
  readonly minor: bigint;
  readonly items: readonly OpenItem[];
  readonly disputes: readonly Dispute[];
}

export interface OpenItem {
  /** The instalment's number; 0 when the invoice is one item. */
  readonly number: number;
  readonly dueOn: LocalDate;
  /** What changed the item, its own amount first. */
  readonly moves: readonly Dated[];
  /** The last day on which the end of an application that had stood before made it open again. */
  readonly freedOn: LocalDate | null;
}

export interface Dispute {
  readonly number: string;
  readonly minor: bigint;
  readonly openedOn: LocalDate;
}

/** Open once everything recorded has taken effect. */
export function openOf(item: OpenItem): bigint {
  return sumOf(item.moves);
}

export function openOfInvoice(invoice: Invoice): bigint {
  return invoice.items.reduce((sum, item) => sum + openOf(item), 0n);
}

/** Earliest due first, then by number: the order in which cash is taken. */
export function itemsByDue(invoice: Invoice): readonly OpenItem[] {
  return invoice.items.toSorted((a, b) => (a.dueOn === b.dueOn ? a.number - b.number : a.dueOn < b.dueOn ? -1 : 1));
}

export function lastEffectOfInvoice(invoice: Invoice): LocalDate {
  return latest(invoice.issuedOn, ...invoice.items.flatMap((item) => item.moves.map((move) => move.on)));
}

/** Debit that is open as of a day; an invoice counts once it is recorded (DOMAIN.md §2). */
export function openOn(item: OpenItem, day: LocalDate): bigint {
  let open = 0n;
  item.moves.forEach((move, index) => {
    if (index === 0 || move.on <= day) open += move.minor;
  });
  return maxBig(0n, open);
}
