import type { LocalDate } from '../time/local-date';
import type { Command, CommandType } from './messages';

/** The field of each message that says on which day it happened; null where none does. */
export const DATE_FIELD = {
  'account.opened.v1': null,
  'account.changed.v1': null,
  'account.put': null,
  'account.blocked.v1': 'blockedOn',
  'account.unblocked.v1': 'unblockedOn',
  'limit.set.v1': 'validFrom',
  'order.placed.v1': 'orderDate',
  'order.changed.v1': 'changedOn',
  'order.cancelled.v1': 'cancelledOn',
  'order.closed.v1': 'closedOn',
  'order.release': null,
  'order.reject': null,
  'credit.recheck': null,
  'order.shipped.v1': 'shippedOn',
  'shipment.cancelled.v1': 'cancelledOn',
  'invoice.issued.v1': 'issuedOn',
  'credit-note.issued.v1': 'issuedOn',
  'payment.received.v1': 'receivedOn',
  'payment.reversed.v1': 'reversedOn',
  'payment.refunded.v1': 'refundedOn',
  'cash.applied.v1': 'appliedOn',
  'cash.unapplied.v1': 'unappliedOn',
  'dispute.opened.v1': 'openedOn',
  'dispute.resolved.v1': 'resolvedOn',
  'invoice.written-off.v1': 'writtenOffOn',
} as const satisfies Readonly<Record<CommandType, string | null>>;

/** The day on which, says the sender, it happened; undefined where the message does not say. */
export function documentDateOf({ type, data }: Command): LocalDate | undefined {
  const field = DATE_FIELD[type];
  return field === null ? undefined : (data as Readonly<Record<string, LocalDate | undefined>>)[field];
}
