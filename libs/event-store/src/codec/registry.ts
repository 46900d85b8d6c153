import type { EventType } from '@duestream/domain';

/**
 * Every event type that streams may hold today, with the version its name ends in. A type that changes its shape gets
 * a new name here and an upcaster from the old one in `upcasters.ts`; names are never reused.
 */
const VERSIONS: Readonly<Record<EventType, number>> = {
  'account.opened.v1': 1,
  'account.changed.v1': 1,
  'account.blocked.v1': 1,
  'account.unblocked.v1': 1,
  'limit.set.v1': 1,
  'order.placed.v1': 1,
  'order.changed.v1': 1,
  'order.cancelled.v1': 1,
  'order.closed.v1': 1,
  'order.shipped.v1': 1,
  'order.invoiced.v1': 1,
  'shipment.cancelled.v1': 1,
  'invoice.issued.v1': 1,
  'invoice.written-off.v1': 1,
  'credit-note.issued.v1': 1,
  'payment.received.v1': 1,
  'payment.reversed.v1': 1,
  'payment.refunded.v1': 1,
  'cash.applied.v1': 1,
  'cash.unapplied.v1': 1,
  'dispute.opened.v1': 1,
  'dispute.resolved.v1': 1,
  'credit.approved.v1': 1,
  'credit.held.v1': 1,
  'credit.rejected.v1': 1,
  'credit.observed.v1': 1,
  'credit.released.v1': 1,
  'message.waiting.v1': 1,
  'message.lapsed.v1': 1,
};

const TYPES: ReadonlyMap<string, number> = new Map(Object.entries(VERSIONS));

export function isEventType(type: string): type is EventType {
  return TYPES.has(type);
}

/** Types in force, by name. */
export function eventTypes(): readonly string[] {
  return [...TYPES.keys()].sort();
}

/** Version of a type in force: 1 for `order.placed.v1`. */
export function eventVersion(type: EventType): number {
  return VERSIONS[type];
}
