import type { OrderRow } from '../entities';
import { minor } from './staircase';
import type { Currency } from '@duestream/domain';

/** One total that the order was given; `authorised` when it may ship up to it. */
interface OrderTotal {
  readonly amount: string;
  readonly on: string;
  /** Breaks ties between changes of one day; "" for the total as placed, which comes before them. */
  readonly at: string;
  readonly revision: number;
  readonly authorised: boolean;
}

/** The order with a total added where its dates put it: a change that comes late may lie before one that is there. */
export function withTotal(order: OrderRow, added: OrderTotal): OrderRow {
  const totals = [...totalsOf(order), added].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const isLatest = totals.at(-1) === added;
  const settles = isLatest && added.authorised && order.decided === 'held';
  const amount = totals.at(-1)?.amount ?? order.amount;
  return { ...order, amount, totals: JSON.stringify(totals), decided: settles ? 'approved' : order.decided };
}

/** The order with the total of one of its events authorised. */
export function withAuthorised(order: OrderRow, revision: number): OrderRow {
  const totals = totalsOf(order).map((one) => (one.revision === revision ? { ...one, authorised: true } : one));
  return { ...order, totals: JSON.stringify(totals) };
}

/** The total that may be shipped, 0 when none was ever authorised. */
export function authorisedMinor(order: OrderRow): bigint {
  const last = totalsOf(order).findLast((total) => total.authorised);
  return last === undefined ? 0n : minor(last.amount, order.currency as Currency);
}

function totalsOf(order: OrderRow): OrderTotal[] {
  // We wrote it.
  return JSON.parse(order.totals) as OrderTotal[];
}

function isBefore(a: OrderTotal, b: OrderTotal): boolean {
  if (a.on !== b.on) return a.on < b.on;
  if (a.at !== b.at) return a.at < b.at;
  return a.revision < b.revision;
}
