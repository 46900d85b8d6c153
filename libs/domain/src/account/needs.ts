import { invoiceKeyOf } from './cash/receive';
import { documentKey, documentRef, type DocumentKey } from './documents';
import type { RecordedEvent } from './events';
import { evolveDocuments } from './evolve';
import { commandKey } from './keys';
import type { Command } from './messages';
import { documentOf, withDocument } from './reopen';
import { initialState, type AccountState } from './state';
import { commandOf } from './waiting/kept';

/**
 * The revisions of the events that must be passed to `withLoaded` before the command can be decided: those of the
 * closed documents that it touches. Call again with the state that gives, until nothing more is needed.
 */
export function needs(command: Command, state: AccountState): readonly number[] {
  const entry = state.index.get(commandKey(command));
  if (entry !== undefined && entry.lapsed !== true) return NOTHING;
  const closed = touchedClosed(command, state);
  if (closed.length === 0) return NOTHING;
  const missing = new Set<number>();
  for (const key of closed) {
    const step = nextOf(state, key);
    if (step !== null) missing.add(step);
  }
  return [...missing];
}

const NOTHING: readonly number[] = [];

/** The state with those events at hand; documents whose events are complete are there again, for this command only. */
export function withLoaded(state: AccountState, events: readonly RecordedEvent[]): AccountState {
  const known = new Map(state.loaded.events);
  for (const event of events) known.set(event.revision, event);
  let next: AccountState = { ...state, loaded: { ...state.loaded, events: known } };
  const touched = new Set<DocumentKey>();
  for (const event of events) {
    for (const { document } of event.data.touched ?? []) {
      touched.add(documentKey(document.kind, document.company, document.number));
    }
  }
  for (const key of touched) next = reassemble(next, key);
  return next;
}

function isOpen(state: AccountState, key: DocumentKey): boolean {
  return state.orders.has(key) || state.invoices.has(key) || state.cash.has(key);
}

/** The latest event of the document that is not at hand yet, or null when all are. */
function nextOf(state: AccountState, key: DocumentKey): number | null {
  let revision = state.index.get(key)?.last ?? -1;
  while (revision >= 0) {
    const event = state.loaded.events.get(revision);
    if (event === undefined) return revision;
    revision = previousOf(event, key);
  }
  return null;
}

function previousOf(event: RecordedEvent, key: DocumentKey): number {
  const { kind, company, number } = documentRef(key);
  const same = event.data.touched?.find(
    ({ document }) => document.kind === kind && document.company === company && document.number === number,
  );
  return same?.previous ?? -1;
}

function reassemble(state: AccountState, key: DocumentKey): AccountState {
  const entry = state.index.get(key);
  if (entry === undefined || isOpen(state, key) || nextOf(state, key) !== null) return state;
  const own: RecordedEvent[] = [];
  for (let revision = entry.last; revision >= 0;) {
    const event = state.loaded.events.get(revision);
    if (event === undefined) return state;
    own.push(event);
    revision = previousOf(event, key);
  }
  let alone = initialState(state.accountId);
  for (const event of own.reverse()) alone = evolveDocuments(alone, event);
  const documents = new Set([...state.loaded.documents, key]);
  return withDocument({ ...state, loaded: { ...state.loaded, documents } }, key, documentOf(alone, key));
}

/** The closed documents that the command, or what waits for its own document, acts on. */
function touchedClosed(command: Command, state: AccountState): DocumentKey[] {
  const keys = [...touchedBy(command, state)];
  for (const id of state.awaited.get(commandKey(command)) ?? []) {
    const entry = state.waiting.get(id);
    if (entry?.kind === 'message') keys.push(...touchedBy(commandOf(state.accountId, entry.message), state));
  }
  return keys.filter((key) => state.index.has(key) && !state.waiting.has(key) && !isOpen(state, key));
}

function touchedBy(command: Command, state: AccountState): readonly DocumentKey[] {
  const company = 'company' in command.data ? (command.data.company ?? '') : '';
  switch (command.type) {
    case 'order.changed.v1':
    case 'order.cancelled.v1':
    case 'order.closed.v1':
    case 'order.shipped.v1':
    case 'order.release':
    case 'order.reject':
      return [documentKey('order', company, command.data.orderId)];
    case 'invoice.issued.v1':
      return command.data.orderId === undefined ? [] : [documentKey('order', company, command.data.orderId)];
    case 'shipment.cancelled.v1':
      return ownersOf(state, documentKey('shipment', company, command.data.shipmentId));
    case 'credit-note.issued.v1':
      return command.data.invoiceId === undefined ? [] : [documentKey('invoice', company, command.data.invoiceId)];
    case 'payment.received.v1':
      return (command.data.remittance ?? []).map((line) => invoiceKeyOf(line, company));
    case 'cash.applied.v1':
      return [invoiceKeyOf(command.data, company)];
    case 'payment.reversed.v1':
    case 'payment.refunded.v1': {
      const key = documentKey('payment', company, command.data.paymentId);
      return [key, ...(state.cash.get(key)?.applications.map((one) => one.invoice) ?? [])];
    }
    case 'cash.unapplied.v1': {
      const owners = ownersOf(state, documentKey('application', company, command.data.applicationId));
      const standing = owners.flatMap((key) => state.cash.get(key)?.applications ?? []);
      return [
        ...owners,
        ...standing.filter((one) => one.number === command.data.applicationId).map((one) => one.invoice),
      ];
    }
    case 'dispute.opened.v1':
      return [documentKey('invoice', company, command.data.invoiceId)];
    case 'dispute.resolved.v1':
      return ownersOf(state, documentKey('dispute', company, command.data.disputeId));
    default:
      return [];
  }
}

function ownersOf(state: AccountState, key: DocumentKey): readonly DocumentKey[] {
  return state.index.get(key)?.owners ?? [];
}
