import type { Currency } from '../../money/currencies';
import { maxBig } from '../../money/money';
import type { Instant } from '../../time/instant';
import { latest, type LocalDate } from '../../time/local-date';
import type { OrderStatus } from '../result';

/** An order with all that took value out of it. */
export interface Order {
  readonly company: string;
  readonly number: string;
  readonly currency: Currency;
  readonly orderDate: LocalDate;
  readonly approval: 'approved' | 'held' | 'rejected';
  /** Revision of the hold that stands. */
  readonly heldAt: number | null;
  /** The total as placed and as changed; sorted by `isBefore`. The last one is the order's total now. */
  readonly totals: readonly OrderTotal[];
  readonly authorisation: Authorisation | null;
  readonly terms: string | null;
  readonly shipBy: LocalDate | null;
  readonly shipments: readonly Shipment[];
  readonly invoiced: readonly Invoiced[];
  readonly cancelledOn: LocalDate | null;
  readonly closedOn: LocalDate | null;
}

export interface OrderTotal {
  readonly minor: bigint;
  /** The day from which it is the total; `at` and `revision` break ties. */
  readonly on: LocalDate;
  readonly at: Instant;
  readonly revision: number;
  /** The day from which this total is reserved; null while it is held or after it was rejected. */
  readonly authorisedFrom: LocalDate | null;
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

export function isBefore(a: OrderTotal, b: OrderTotal): boolean {
  if (a.on !== b.on) return a.on < b.on;
  if (a.at !== b.at) return a.at < b.at;
  return a.revision < b.revision;
}

/** The total that was asked for last. */
export function requestedTotal(order: Order): bigint {
  return order.totals.at(-1)?.minor ?? 0n;
}

/** The total that is reserved when every recorded change has taken effect. */
export function authorisedTotal(order: Order): bigint {
  return order.totals.findLast((total) => total.authorisedFrom !== null)?.minor ?? 0n;
}

export function orderTotal(order: Order): bigint {
  return order.approval === 'approved' ? authorisedTotal(order) : requestedTotal(order);
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

/** The last day on which anything recorded about the order takes effect. */
export function lastEffect(order: Order): LocalDate {
  return latest(
    order.orderDate,
    ...order.totals.flatMap((total) => [total.on, total.authorisedFrom ?? undefined]),
    ...order.shipments.flatMap((one) => [one.on, one.cancelledOn ?? undefined]),
    ...order.invoiced.map((invoice) => invoice.on),
    order.cancelledOn ?? undefined,
    order.closedOn ?? undefined,
  );
}
