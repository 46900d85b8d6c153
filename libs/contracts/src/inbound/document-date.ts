import type { Command, LocalDate } from '@duestream/domain';

/** The day on which, says the sender, it happened; undefined where the message does not say. */
export function documentDateOf({ type, data }: Command): LocalDate | undefined {
  switch (type) {
    case 'account.opened.v1':
    case 'account.changed.v1':
    case 'account.put':
    case 'order.release':
    case 'order.reject':
    case 'credit.recheck':
      return undefined;
    case 'account.blocked.v1':
      return data.blockedOn;
    case 'account.unblocked.v1':
      return data.unblockedOn;
    case 'limit.set.v1':
      return data.validFrom;
    case 'order.placed.v1':
      return data.orderDate;
    case 'order.changed.v1':
      return data.changedOn;
    case 'order.cancelled.v1':
      return data.cancelledOn;
    case 'order.closed.v1':
      return data.closedOn;
    case 'order.shipped.v1':
      return data.shippedOn;
    case 'shipment.cancelled.v1':
      return data.cancelledOn;
    case 'invoice.issued.v1':
    case 'credit-note.issued.v1':
      return data.issuedOn;
    case 'payment.received.v1':
      return data.receivedOn;
    case 'payment.reversed.v1':
      return data.reversedOn;
    case 'payment.refunded.v1':
      return data.refundedOn;
    case 'cash.applied.v1':
      return data.appliedOn;
    case 'cash.unapplied.v1':
      return data.unappliedOn;
    case 'dispute.opened.v1':
      return data.openedOn;
    case 'dispute.resolved.v1':
      return data.resolvedOn;
    case 'invoice.written-off.v1':
      return data.writtenOffOn;
    default:
      return type satisfies never;
  }
}
