import { documentKey, type DocumentKey } from '../documents';
import type { RecordedEvent, WaitingLink } from '../events';
import { cashKeyOf, indexedBy } from '../keys';
import type { AccountState } from '../state';
import { keptKey, withPersonal } from './kept';
import { linkId, type LinkFacts, type Waiting } from './waiting';

export function evolveWaiting(state: AccountState, event: RecordedEvent): AccountState {
  switch (event.type) {
    case 'message.waiting.v1': {
      const message = withPersonal(event.data.message, event.data.personal);
      const key = keptKey(state.accountId, message);
      const { kind, company, number } = event.data.waitingFor;
      const waitsFor = documentKey(kind, company, number);
      const entry = { kind: 'message', message, waitsFor, revision: event.revision } as const;
      const first = state.index.get(key)?.first ?? event.revision;
      const index = state.index.set(key, { hash: message.contentHash, first, last: event.revision });
      return add(removeId({ ...state, index }, key), key, entry);
    }
    case 'message.lapsed.v1': {
      const { document, line, waitedFor } = event.data;
      const key = documentKey(document.kind, document.company, document.number);
      const waited = documentKey(waitedFor.kind, waitedFor.company, waitedFor.number);
      return removeId(removeId(state, linkId(key, line ?? null, waited)), key);
    }
    case 'invoice.issued.v1':
      return addLinks(state, documentKey('invoice', event.data.company, event.data.invoiceId), event, () => ({
        of: 'invoice',
        orderId: event.data.orderId ?? null,
        amount: event.data.amount,
        issuedOn: event.data.issuedOn,
        shipmentId: event.data.shipmentId ?? null,
        final: event.data.final ?? false,
      }));
    case 'credit-note.issued.v1':
      return addLinks(state, documentKey('credit-note', event.data.company, event.data.creditNoteId), event, () => ({
        of: 'cash',
        amount: null,
        instalment: null,
      }));
    case 'payment.received.v1':
      return addLinks(state, documentKey('payment', event.data.company, event.data.paymentId), event, ({ line }) => {
        const named = event.data.remittance?.[line ?? -1];
        return { of: 'cash', amount: named?.amount ?? null, instalment: named?.instalment ?? null };
      });
    case 'order.invoiced.v1': {
      const { company, invoiceId, orderId } = event.data;
      const invoice = documentKey('invoice', company, invoiceId);
      return removeId(state, linkId(invoice, null, documentKey('order', company, orderId)));
    }
    case 'order.shipped.v1': {
      const shipment = documentKey('shipment', event.data.company, event.data.shipmentId);
      let next = removeOwn(state, event);
      // An invoice that named it finds it now, if it is one of the same order.
      for (const id of next.awaited.get(shipment) ?? []) {
        const entry = next.waiting.get(id);
        if (entry?.kind !== 'link' || entry.facts.of !== 'invoice') continue;
        if (entry.facts.orderId === event.data.orderId) next = removeId(next, id);
      }
      return next;
    }
    case 'cash.applied.v1': {
      const { line, rule, invoiceCompany, invoiceId } = event.data;
      const invoice = documentKey('invoice', invoiceCompany, invoiceId);
      if (rule === 'remittance') return removeId(state, linkId(cashKeyOf(event), line ?? null, invoice));
      if (rule === 'credit-note') return removeId(state, linkId(cashKeyOf(event), null, invoice));
      return removeOwn(state, event);
    }
    default:
      return removeOwn(state, event);
  }
}

/** A message that had waited and now took effect. */
function removeOwn(state: AccountState, event: RecordedEvent): AccountState {
  if (state.waiting.size === 0) return state;
  const own = indexedBy(event);
  return own === null ? state : removeId(state, own.key);
}

function addLinks(
  state: AccountState,
  document: DocumentKey,
  event: RecordedEvent & { readonly data: { readonly waitingFor?: readonly WaitingLink[] } },
  factsOf: (link: WaitingLink) => LinkFacts,
): AccountState {
  let next = state;
  for (const link of event.data.waitingFor ?? []) {
    const waitsFor = documentKey(link.document.kind, link.document.company, link.document.number);
    const line = link.line ?? null;
    const facts = factsOf(link);
    const entry: Waiting = { kind: 'link', document, line, facts, waitsFor, revision: event.revision };
    next = add(next, linkId(document, line, waitsFor), entry);
  }
  return next;
}

function add(state: AccountState, id: string, entry: Waiting): AccountState {
  const ids = state.awaited.get(entry.waitsFor) ?? [];
  return {
    ...state,
    waiting: state.waiting.set(id, entry),
    awaited: state.awaited.set(entry.waitsFor, [...ids, id]),
  };
}

function removeId(state: AccountState, id: string): AccountState {
  const entry = state.waiting.get(id);
  if (entry === undefined) return state;
  const ids = (state.awaited.get(entry.waitsFor) ?? []).filter((one) => one !== id);
  return {
    ...state,
    waiting: state.waiting.delete(id),
    awaited: ids.length === 0 ? state.awaited.delete(entry.waitsFor) : state.awaited.set(entry.waitsFor, ids),
  };
}
