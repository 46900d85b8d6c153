import type { Currency } from '../../money/currencies';
import { maxBig, moneyText } from '../../money/money';
import type { Instant } from '../../time/instant';
import { latest, type LocalDate } from '../../time/local-date';
import type { OrderStanding, OrderStatus, Question } from './standing';

/** An order with all that took value out of it. */
export interface Order {
  readonly company: string;
  readonly number: string;
  readonly currency: Currency;
  readonly orderDate: LocalDate;
  readonly approval: 'approved' | 'held' | 'rejected';
  readonly hold: Hold | null;
  /** The total as placed and as changed; sorted by `isBefore`. The last one is what was asked for last. */
  readonly totals: readonly OrderTotal[];
  /** What may be reserved, from which day; sorted by `isBefore`. */
  readonly reserved: readonly OrderTotal[];
  readonly authorisation: Authorisation | null;
  readonly terms: string | null;
  readonly shipBy: LocalDate | null;
  readonly shipments: readonly Shipment[];
  readonly invoiced: readonly Invoiced[];
  readonly cancelledOn: LocalDate | null;
  readonly closedOn: LocalDate | null;
  /** The last change or release, by which one that is sent again without an id is known. */
  readonly last: LastCommand | null;
  /** The rejection by hand that still stands, for the same purpose. It leaves the change that it rejected the last one. */
  readonly lastRejection: LastCommand | null;
}

export interface LastCommand {
  readonly type: 'order.changed.v1' | 'order.release' | 'order.reject';
  readonly contentHash: string;
  readonly revision: number;
  /** Revision of the decision that it brought about. */
  readonly decided: number | null;
}

export interface OrderTotal {
  readonly minor: bigint;
  /** The day from which it counts; `at` and `revision` break ties. */
  readonly on: LocalDate;
  readonly at: Instant;
  /** Of the event that gave it. */
  readonly revision: number;
}

export interface Hold {
  /** Revision of the event that held it. */
  readonly at: number;
  readonly question: Question;
  /** Revision of the event that gave the total in question. */
  readonly of: number;
}

/** A release by hand. */
export interface Authorisation {
  readonly minor: bigint;
  readonly expiresOn: LocalDate | null;
  readonly terms: string | null;
}

export interface Shipment {
  readonly number: string;
  readonly minor: bigint;
  readonly on: LocalDate;
  readonly cancelledOn: LocalDate | null;
}

/** What an invoice takes out of the order. */
export interface Invoiced {
  readonly number: string;
  readonly minor: bigint;
  readonly on: LocalDate;
  readonly shipment: string | null;
  readonly final: boolean;
}

export function isBefore(a: Omit<OrderTotal, 'minor'>, b: Omit<OrderTotal, 'minor'>): boolean {
  if (a.on !== b.on) return a.on < b.on;
  if (a.at !== b.at) return a.at < b.at;
  return a.revision < b.revision;
}

/** Whether the list has the total, in the same place. */
export function standsIn(totals: readonly OrderTotal[], { revision, on, at }: OrderTotal): boolean {
  return totals.some((one) => one.revision === revision && one.on === on && one.at === at);
}

/** The total that may be reserved is this one on its day, or today where that is later. */
export function isReserved({ reserved }: Order, total: OrderTotal, businessDate: LocalDate): boolean {
  const day = latest(total.on, businessDate);
  return reserved.findLast((one) => one.on <= day)?.minor === total.minor;
}

/** The total that was asked for last. */
export function requestedTotal(order: Order): bigint {
  return order.totals.at(-1)?.minor ?? 0n;
}

/** The total that is reserved when everything recorded has taken effect. */
export function reservedTotal(order: Order): bigint {
  return order.reserved.at(-1)?.minor ?? 0n;
}

export function orderTotal(order: Order): bigint {
  return order.approval === 'approved' ? reservedTotal(order) : requestedTotal(order);
}

/** From when a total counts that is let through now. */
export interface Place {
  readonly on: LocalDate;
  /** After all that is recorded of that day; else in the total's own place among the changes of the day. */
  readonly last: boolean;
}

/**
 * A total that becomes known when something was decided for its day or a later one (a release that let the order
 * through, a rejection that withdrew it) was not in question then: it counts after that, never instead of it.
 */
export function placeOf(order: Order, total: OrderTotal): Place {
  const decided = order.reserved.findLast((one) => isBefore(total, one) && !standsIn(order.totals, one));
  return decided === undefined ? { on: total.on, last: false } : { on: decided.on, last: true };
}

/** How `total` stands among what is reserved when the event `by` lets it through. */
export function reservation(
  total: OrderTotal,
  { on, last }: Place,
  by: Pick<OrderTotal, 'at' | 'revision'>,
): OrderTotal {
  if (on === total.on && !last) return total;
  return { minor: total.minor, on, at: by.at, revision: by.revision };
}

/** Keeps a list of totals in their order. */
export function withTotal(totals: readonly OrderTotal[], added: OrderTotal): readonly OrderTotal[] {
  return [...totals, added].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** The day on which a final invoice or a closing drops everything that is left. */
export function closingDay(order: Order): LocalDate | null {
  let day = order.closedOn;
  for (const invoice of order.invoiced) {
    const on = latest(invoice.on, order.orderDate);
    if (invoice.final && (day === null || on < day)) day = on;
  }
  return day;
}

/** A release or a re-check could still let something through. */
export function isUndecided(order: Order): boolean {
  return order.approval === 'held' && order.cancelledOn === null && closingDay(order) === null;
}

/** The furthest that the order's value has come; partly done keeps the last decision. */
export function orderStatus(order: Order): OrderStatus {
  if (order.closedOn !== null) return 'closed';
  if (order.cancelledOn !== null) return 'cancelled';
  const invoiced = order.invoiced.reduce((sum, invoice) => sum + invoice.minor, 0n);
  const shipped = order.shipments.reduce((sum, one) => sum + (one.cancelledOn === null ? one.minor : 0n), 0n);
  if (order.invoiced.some((invoice) => invoice.final) || invoiced >= orderTotal(order)) return 'invoiced';
  return maxBig(shipped, invoiced) >= orderTotal(order) ? 'shipped' : order.approval;
}

/** What an event of the order says of where it stands. */
export function standingOf(order: Order): OrderStanding {
  return {
    status: orderStatus(order),
    requested: moneyText(requestedTotal(order), order.currency),
    reserved: moneyText(reservedTotal(order), order.currency),
  };
}

/** The last day on which anything recorded about the order takes effect. */
export function lastEffect(order: Order): LocalDate {
  let last = order.orderDate;
  const see = (day: LocalDate | null): void => {
    if (day !== null && day > last) last = day;
  };
  for (const total of order.totals) see(total.on);
  for (const total of order.reserved) see(total.on);
  for (const invoice of order.invoiced) see(invoice.on);
  for (const one of order.shipments) {
    see(one.on);
    see(one.cancelledOn);
  }
  see(order.cancelledOn);
  see(order.closedOn);
  return last;
}
