import { maxBig, minBig } from '../../money/money';
import { latest, type LocalDate, LAST_DATE } from '../../time/local-date';
import { compareCodePoints } from '../../text';
import { closingDay, type Invoiced, type Order, type Shipment } from './order';

/** The value of an order that is not in receivables yet, by where it stands. Minor units, never negative. */
export interface Stages {
  readonly orders: bigint;
  readonly deliveries: bigint;
}

/**
 * Where the order's value stands on a day. It follows from the set of facts alone, in whatever order they became
 * known (DOMAIN.md §2): a day's shipments are covered by that day's invoices, the one that an invoice names first;
 * what is shipped, or invoiced without having been shipped, has left the open order.
 *
 * `lowering` is the day up to which cancellations, closings and decreases count. A decision passes the business date
 * there and `LAST_DATE` as `day`: what raises exposure counts once it is recorded, what lowers it from its date.
 */
export function stagesOn(order: Order, day: LocalDate, lowering: LocalDate = day): Stages {
  if (endedBy(closingDay(order), lowering)) return NOTHING;
  if (order.shipments.length === 0 && order.invoiced.length === 0) {
    // Most orders that a decision looks at: nothing has left them.
    return { orders: endedBy(order.cancelledOn, lowering) ? 0n : reservedOn(order, day, lowering), deliveries: 0n };
  }
  const shipped = order.shipments.filter((one) => latest(one.on, order.orderDate) <= day).sort(byDayAndNumber);
  const rest = new Map(shipped.map((one) => [one.number, one.minor]));
  const invoicedOnly = coverShipments(order, shipped, rest, day);
  const left = shipped.reduce((sum, one) => sum + one.minor, 0n) + invoicedOnly;
  const orders = endedBy(order.cancelledOn, lowering) ? 0n : maxBig(0n, reservedOn(order, day, lowering) - left);
  let deliveries = 0n;
  for (const one of shipped) if (!endedBy(one.cancelledOn, lowering)) deliveries += rest.get(one.number) ?? 0n;
  return { orders, deliveries };
}

/** The stages once everything recorded has taken effect. */
export function finalStages(order: Order): Stages {
  return stagesOn(order, LAST_DATE);
}

export interface StageMove {
  readonly category: 'orders' | 'deliveries';
  readonly minor: bigint;
  readonly on: LocalDate;
}

/** The dated moves that turn the figures of `before` into those of `after`, on every day. */
export function stageMoves(before: Order | undefined, after: Order): StageMove[] {
  const days = [...new Set([...(before === undefined ? [] : effectDays(before)), ...effectDays(after)])].sort();
  const moves: StageMove[] = [];
  let booked: Stages = NOTHING;
  for (const on of days) {
    const was = before === undefined ? NOTHING : stagesOn(before, on);
    const is = stagesOn(after, on);
    const due: Stages = { orders: is.orders - was.orders, deliveries: is.deliveries - was.deliveries };
    for (const category of ['orders', 'deliveries'] as const) {
      const minor = due[category] - booked[category];
      if (minor !== 0n) moves.push({ category, minor, on });
    }
    booked = due;
  }
  return moves;
}

const NOTHING: Stages = { orders: 0n, deliveries: 0n };

/** Takes the invoices out of `rest`, shipment by shipment; returns what was invoiced without being shipped. */
function coverShipments(order: Order, shipped: readonly Shipment[], rest: Map<string, bigint>, day: LocalDate): bigint {
  const invoices = order.invoiced.filter((one) => latest(one.on, order.orderDate) <= day).sort(byDayAndNumber);
  const uncovered = invoices.map((invoice) => ({ invoice, minor: invoice.minor }));
  const unshipped = new Map(order.shipments.map((one) => [one.number, one.minor]));
  for (const part of uncovered) {
    const named = part.invoice.shipment;
    const shipment = order.shipments.find((one) => one.number === named);
    if (named === null || shipment === undefined || !mayCover(order, part.invoice, shipment)) continue;
    // A named shipment that leaves later takes its part of the invoice with it: until then the value is still an open order.
    const from = rest.has(named) ? rest : unshipped;
    part.minor -= take(from, named, part.minor);
  }
  for (const part of uncovered) {
    for (const one of shipped) {
      if (mayCover(order, part.invoice, one)) part.minor -= take(rest, one.number, part.minor);
    }
  }
  return uncovered.reduce((sum, part) => sum + part.minor, 0n);
}

/** What a cancelled shipment left over is gone for invoices of a later day. */
function mayCover(order: Order, invoice: Invoiced, shipment: Shipment): boolean {
  return shipment.cancelledOn === null || latest(invoice.on, order.orderDate) <= shipment.cancelledOn;
}

function take(from: Map<string, bigint>, number: string, wanted: bigint): bigint {
  const taken = minBig(wanted, from.get(number) ?? 0n);
  from.set(number, (from.get(number) ?? 0n) - taken);
  return taken;
}

function reservedOn(order: Order, day: LocalDate, lowering: LocalDate): bigint {
  let standing = 0n;
  let raised = 0n;
  for (const total of order.reserved) {
    if (total.on > day) continue;
    if (total.on <= lowering) standing = total.minor;
    else raised = maxBig(raised, total.minor);
  }
  return maxBig(standing, raised);
}

function effectDays(order: Order): LocalDate[] {
  const days: (LocalDate | null)[] = [order.orderDate, order.cancelledOn, closingDay(order)];
  for (const total of order.reserved) days.push(total.on);
  for (const one of order.shipments) days.push(latest(one.on, order.orderDate), one.cancelledOn);
  for (const invoice of order.invoiced) days.push(latest(invoice.on, order.orderDate));
  return days.filter((day) => day !== null);
}

function endedBy(end: LocalDate | null, day: LocalDate): boolean {
  return end !== null && end <= day;
}

function byDayAndNumber(
  a: { readonly on: LocalDate; readonly number: string },
  b: { readonly on: LocalDate; readonly number: string },
): number {
  if (a.on !== b.on) return a.on < b.on ? -1 : 1;
  return compareCodePoints(a.number, b.number);
}
