import { documentKey, type DocumentKey, type DocumentKind } from './documents';
import type { EventOf, EventType, RecordedEvent } from './events';
import type { Command, CommandOf, CommandType, MessageDataByType, MessageType } from './messages';
import type { Refusal } from './result';
import type { IndexEntry } from './state';

/** Messages with a number of their own, or that of what they end: which document, and the field that has the number. */
const NUMBERED = {
  'order.placed.v1': ['order', 'orderId'],
  'order.cancelled.v1': ['order-cancellation', 'orderId'],
  'order.closed.v1': ['order-closing', 'orderId'],
  'order.shipped.v1': ['shipment', 'shipmentId'],
  'shipment.cancelled.v1': ['shipment-cancellation', 'shipmentId'],
  'invoice.issued.v1': ['invoice', 'invoiceId'],
  'credit-note.issued.v1': ['credit-note', 'creditNoteId'],
  'payment.received.v1': ['payment', 'paymentId'],
  'payment.reversed.v1': ['payment-reversal', 'paymentId'],
  'payment.refunded.v1': ['refund', 'refundId'],
  'cash.applied.v1': ['application', 'applicationId'],
  'cash.unapplied.v1': ['application-ending', 'applicationId'],
  'dispute.opened.v1': ['dispute', 'disputeId'],
  'dispute.resolved.v1': ['dispute-resolution', 'disputeId'],
  'invoice.written-off.v1': ['write-off', 'writeOffId'],
} as const satisfies {
  readonly [T in Exclude<MessageType, KnownById>]: readonly [DocumentKind, keyof MessageDataByType[T]];
};

/** Messages without a number: the account's own, and those of which there may be many. */
type KnownById =
  | 'account.opened.v1'
  | 'account.changed.v1'
  | 'account.blocked.v1'
  | 'account.unblocked.v1'
  | 'limit.set.v1'
  | 'order.changed.v1';

/** Whether several such messages may be about one document, known by (source, id) alone. */
export function isKnownById(type: MessageType): boolean {
  return type !== 'account.opened.v1' && !isNumbered(type);
}

/** The key under which a message is known: its own number, the number of what it ends, or (source, id). */
export function commandKey(command: Command): DocumentKey {
  if (command.type === 'account.opened.v1') return ACCOUNT_KEY;
  return numberedKey(command.type, command.data) ?? messageKey(command);
}

/** What of a command says that it is the one of its key. */
export function keyField(command: Command): Pick<Refusal, 'field' | 'commandField'> {
  if (command.type === 'account.opened.v1') return { commandField: 'accountId' };
  return isNumbered(command.type) ? { field: NUMBERED[command.type][1] } : { commandField: 'id' };
}

/** An event has its message's type and number, so that both are known by one key. */
function numberedKey(type: CommandType | EventType, data: object): DocumentKey | null {
  if (!isNumbered(type)) return null;
  const [kind, field] = NUMBERED[type];
  const { company = '', [field]: number = '' } = data as Readonly<Record<string, string | undefined>>;
  return documentKey(kind, company, number);
}

function isNumbered(type: string): type is keyof typeof NUMBERED {
  return Object.hasOwn(NUMBERED, type);
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
    case 'account.changed.v1':
    case 'account.blocked.v1':
    case 'account.unblocked.v1':
    case 'limit.set.v1':
    case 'order.changed.v1':
      return messageKey(event.cause);
    case 'credit.released.v1':
    case 'credit.rejected.v1':
      return event.data.trigger === 'manual' ? messageKey(event.cause) : null;
    default:
      return numberedKey(event.type, event.data);
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
