import { dayOrder, type Cents, type Dated, type Day } from './book';

export interface ShipmentModel extends Dated {
  readonly number: string;
  cancelledOn?: Day;
  /** The day that was given. */
  cancelledAs?: Day | undefined;
}

export interface InvoicedModel extends Dated {
  readonly shipment?: string;
  readonly isFinal: boolean;
}

/** What happened to an order, each on its day and none before the order's. */
export interface OrderFacts {
  /** What was let through, in the order of its days. */
  readonly totals: Dated[];
  readonly shipments: ShipmentModel[];
  readonly invoices: InvoicedModel[];
  cancelledOn?: Day;
  closedOn?: Day;
}

export interface Stages {
  /** Let through, not shipped and not invoiced. */
  readonly open: Cents;
  /** Shipped and not invoiced. */
  readonly delivered: Cents;
}

/**
 * Where an order's value stands: an invoice takes shipped value first, of its own shipment before that of others, then
 * the open order. `from` is the day from which value that goes away is gone, `upTo` the last day of what else counts.
 */
export function stagesOf(facts: OrderFacts, from: Day, upTo: Day): Stages {
  const shipments = facts.shipments.filter(({ on }) => on <= upTo);
  const invoices = facts.invoices.filter(({ on }) => on <= upTo);
  const taken = takenBy(invoices, facts.shipments, upTo, roomAfterCancellations(facts, from));
  /** Shipped, or invoiced without having been shipped. */
  const left = sum(shipments) + sum(invoices) - taken.fromShipments;
  if (isOver(facts, from)) return { open: 0, delivered: 0 };
  const live = shipments.filter(({ cancelledOn }) => cancelledOn === undefined || cancelledOn > from);
  const delivered = live.reduce((total, { number, cents }) => total + cents - (taken.of.get(number) ?? 0), 0);
  const isCancelled = facts.cancelledOn !== undefined && facts.cancelledOn <= from;
  return { open: isCancelled ? 0 : Math.max(0, totalOf(facts, from, upTo) - left), delivered };
}

/** All days on which the stages may change. */
export function daysOf({ totals, shipments, invoices, cancelledOn, closedOn }: OrderFacts): readonly Day[] {
  const days = [...totals, ...shipments, ...invoices].map(({ on }) => on);
  for (const { cancelledOn: day } of shipments) if (day !== undefined) days.push(day);
  if (cancelledOn !== undefined) days.push(cancelledOn);
  if (closedOn !== undefined) days.push(closedOn);
  return [...new Set(days)].sort();
}

/** A total that is lower from a later day counts from that day, a higher one at once where `upTo` says so. */
function totalOf({ totals }: OrderFacts, from: Day, upTo: Day): Cents {
  const standing = totals.findLast(({ on }) => on <= from)?.cents ?? 0;
  const coming = totals.filter(({ on }) => on > from && on <= upTo).map(({ cents }) => cents);
  return Math.max(standing, ...coming);
}

function isOver({ closedOn, invoices }: OrderFacts, from: Day): boolean {
  return (closedOn !== undefined && closedOn <= from) || invoices.some(({ on, isFinal }) => isFinal && on <= from);
}

/** What invoices may take of each shipment: of a cancelled one what they had taken by that day. */
function roomAfterCancellations({ shipments, invoices }: OrderFacts, from: Day): ReadonlyMap<string, Cents> {
  const room = new Map(shipments.map(({ number, cents }) => [number, cents]));
  const days = shipments.flatMap(({ cancelledOn: day }) => (day === undefined || day > from ? [] : [day])).sort();
  for (const day of new Set(days)) {
    const { of } = takenBy(
      invoices.filter(({ on }) => on <= day),
      shipments,
      day,
      room,
    );
    for (const { number, cancelledOn } of shipments) if (cancelledOn === day) room.set(number, of.get(number) ?? 0);
  }
  return room;
}

interface Taken {
  readonly of: ReadonlyMap<string, Cents>;
  /** Also of shipments that leave later: until then that value is on order, and the invoice takes nothing of it. */
  readonly fromShipments: Cents;
}

/** First what each invoice names, then the shipments by day and number. */
function takenBy(
  invoices: readonly InvoicedModel[],
  shipments: readonly ShipmentModel[],
  day: Day,
  room: ReadonlyMap<string, Cents>,
): Taken {
  const of = new Map<string, Cents>();
  if (shipments.length === 0 || invoices.length === 0) return { of, fromShipments: 0 };
  const all = sum(invoices);
  let left = all;
  for (const { number, on } of shipments) {
    const named = sum(invoices.filter(({ shipment }) => shipment === number));
    const cents = Math.min(named, room.get(number) ?? 0);
    if (on <= day) of.set(number, cents);
    left -= cents;
  }
  const leaving = shipments.filter(({ on }) => on <= day);
  for (const { number } of leaving.sort((a, b) => dayOrder(a.on, b.on) || dayOrder(a.number, b.number))) {
    const taken = of.get(number) ?? 0;
    const cents = Math.min(left, (room.get(number) ?? 0) - taken);
    of.set(number, taken + cents);
    left -= cents;
  }
  return { of, fromShipments: all - left };
}

export function sum(some: readonly Dated[]): Cents {
  let total = 0;
  for (const { cents } of some) total += cents;
  return total;
}
