import { compareCodePoints, type MessageType } from '@duestream/domain';
import type { MappedMessage } from './map-row';

/** What comes first on one day: accounts, disputes resolved, money in, orders, shipments, invoices, disputes opened. */
const GROUPS: readonly (readonly MessageType[])[] = [
  ['account.opened.v1'],
  ['account.changed.v1', 'account.blocked.v1', 'account.unblocked.v1', 'limit.set.v1'],
  ['dispute.resolved.v1'],
  ['payment.received.v1'],
  ['payment.reversed.v1', 'payment.refunded.v1', 'cash.applied.v1', 'cash.unapplied.v1'],
  ['order.placed.v1'],
  ['order.changed.v1', 'order.cancelled.v1', 'order.closed.v1'],
  ['order.shipped.v1', 'shipment.cancelled.v1'],
  ['invoice.issued.v1'],
  ['credit-note.issued.v1', 'invoice.written-off.v1'],
  ['dispute.opened.v1'],
];

const RANKS: ReadonlyMap<MessageType, number> = new Map(
  GROUPS.flatMap((types, rank) => types.map((type) => [type, rank] as const)),
);

/** By day, then as above, then by document, or by the id that the mapping gives. Equal ones keep the order of the file, because sorting is stable. */
export function compareMessages(a: MappedMessage, b: MappedMessage): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return rankOf(a.type) - rankOf(b.type) || compareCodePoints(a.sortedBy, b.sortedBy);
}

function rankOf(type: MessageType): number {
  return RANKS.get(type) ?? GROUPS.length;
}
