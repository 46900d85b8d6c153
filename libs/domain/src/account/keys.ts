import { documentKey, type DocumentKey } from './documents';
import type { CommandOf, CommandType, Command } from './messages';
import type { EventOf, RecordedEvent } from './events';
import type { IndexEntry } from './state';

/** The key under which a message is known: its own number, the number of what it ends, or (source, id). */
export function commandKey(command: Command): DocumentKey {
  const company = 'company' in command.data ? (command.data.company ?? '') : '';
  switch (command.type) {
    case 'account.opened.v1':
      return ACCOUNT_KEY;
    case 'order.placed.v1':
      return documentKey('order', company, command.data.orderId);
    case 'order.cancelled.v1':
      return documentKey('order-cancellation', company, command.data.orderId);
    case 'order.closed.v1':
      return documentKey('order-closing', company, command.data.orderId);
    case 'order.shipped.v1':
      return documentKey('shipment', company, command.data.shipmentId);
    case 'shipment.cancelled.v1':
      return documentKey('shipment-cancellation', company, command.data.shipmentId);
    case 'invoice.issued.v1':
      return documentKey('invoice', company, command.data.invoiceId);
    case 'credit-note.issued.v1':
      return documentKey('credit-note', company, command.data.creditNoteId);
    case 'payment.received.v1':
      return documentKey('payment', company, command.data.paymentId);
    case 'payment.reversed.v1':
      return documentKey('payment-reversal', company, command.data.paymentId);
    case 'payment.refunded.v1':
      return documentKey('refund', company, command.data.refundId);
    case 'cash.applied.v1':
      return documentKey('application', company, command.data.applicationId);
    case 'cash.unapplied.v1':
      return documentKey('application-ending', company, command.data.applicationId);
    case 'dispute.opened.v1':
      return documentKey('dispute', company, command.data.disputeId);
    case 'dispute.resolved.v1':
      return documentKey('dispute-resolution', company, command.data.disputeId);
    case 'invoice.written-off.v1':
      return documentKey('write-off', company, command.data.writeOffId);
    case 'account.changed.v1':
    case 'account.blocked.v1':
    case 'account.unblocked.v1':
    case 'limit.set.v1':
    case 'order.changed.v1':
    case 'account.put':
    case 'order.release':
    case 'order.reject':
    case 'credit.recheck':
      return messageKey(command);
    default:
      return command satisfies never;
  }
}

export function messageKey(message: Pick<CommandOf<CommandType>, 'source' | 'id'>): DocumentKey {
  return documentKey('message', message.source, message.id);
}

/** What an event enters into the account's index, or null where it only belongs to another one's document. */
export function indexedBy(
  event: RecordedEvent,
): { readonly key: DocumentKey; readonly entry: Pick<IndexEntry, 'hash' | 'owners'> } | null {
  const own = ownKey(event);
  if (own === null) return null;
  const hash = 'contentHash' in event.data ? (event.data.contentHash ?? '') : '';
  const owners = ownersOf(event);
  return { key: own, entry: owners.length === 0 ? { hash } : { hash, owners } };
}

function ownKey(event: RecordedEvent): DocumentKey | null {
  switch (event.type) {
    case 'account.opened.v1':
      return ACCOUNT_KEY;
    case 'order.placed.v1':
      return documentKey('order', event.data.company, event.data.orderId);
    case 'order.cancelled.v1':
      return documentKey('order-cancellation', event.data.company, event.data.orderId);
    case 'order.closed.v1':
      return documentKey('order-closing', event.data.company, event.data.orderId);
    case 'order.shipped.v1':
      return documentKey('shipment', event.data.company, event.data.shipmentId);
    case 'shipment.cancelled.v1':
      return documentKey('shipment-cancellation', event.data.company, event.data.shipmentId);
    case 'invoice.issued.v1':
      return documentKey('invoice', event.data.company, event.data.invoiceId);
    case 'credit-note.issued.v1':
      return documentKey('credit-note', event.data.company, event.data.creditNoteId);
    case 'payment.received.v1':
      return documentKey('payment', event.data.company, event.data.paymentId);
    case 'payment.reversed.v1':
      return documentKey('payment-reversal', event.data.company, event.data.paymentId);
    case 'payment.refunded.v1':
      return documentKey('refund', event.data.company, event.data.refundId);
    case 'cash.applied.v1':
      return documentKey('application', event.data.company, event.data.applicationId);
    case 'cash.unapplied.v1':
      return documentKey('application-ending', event.data.company, event.data.applicationId);
    case 'dispute.opened.v1':
      return documentKey('dispute', event.data.company, event.data.disputeId);
    case 'dispute.resolved.v1':
      return documentKey('dispute-resolution', event.data.company, event.data.disputeId);
    case 'invoice.written-off.v1':
      return documentKey('write-off', event.data.company, event.data.writeOffId);
    case 'account.changed.v1':
    case 'account.blocked.v1':
    case 'account.unblocked.v1':
    case 'limit.set.v1':
    case 'order.changed.v1':
      return messageKey(event.cause);
    case 'credit.released.v1':
    case 'credit.rejected.v1':
      return event.data.trigger === 'manual' ? messageKey(event.cause) : null;
    case 'credit.approved.v1':
    case 'credit.held.v1':
    case 'credit.observed.v1':
    case 'order.invoiced.v1':
    case 'message.lapsed.v1':
    case 'message.waiting.v1':
      return null;
    default:
      return event satisfies never;
  }
}

function ownersOf(event: RecordedEvent): readonly DocumentKey[] {
  switch (event.type) {
    case 'order.shipped.v1':
      return [documentKey('order', event.data.company, event.data.orderId)];
    case 'payment.refunded.v1':
      return [documentKey('payment', event.data.company, event.data.paymentId)];
    case 'cash.applied.v1':
      return [cashKeyOf(event), documentKey('invoice', event.data.invoiceCompany, event.data.invoiceId)];
    case 'dispute.opened.v1':
    case 'invoice.written-off.v1':
      return [documentKey('invoice', event.data.company, event.data.invoiceId)];
    default:
      return [];
  }
}

export function cashKeyOf(event: Pick<EventOf<'cash.applied.v1'>, 'data'>): DocumentKey {
  const { company, paymentId, creditNoteId } = event.data;
  return paymentId === undefined
    ? documentKey('credit-note', company, creditNoteId ?? '')
    : documentKey('payment', company, paymentId);
}

/** The account itself is one document; its key needs no number. */
export const ACCOUNT_KEY = documentKey('account', '', '');
