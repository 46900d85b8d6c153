import { decodeDocument, type LoadedDocument } from './snapshot';
import { documentKey, type DocumentKey } from './documents';
import type { RecordedEvent } from './events';
import { NOTHING_LOADED, type AccountState } from './state';

/** Takes back the closed documents that the event carries whole because it changes them. */
export function reopenDocuments(state: AccountState, event: RecordedEvent): AccountState {
  const reopened = event.data.reopened;
  if (reopened === undefined) return state;
  let next = state;
  for (const { document, state: plain } of reopened) {
    const key = documentKey(document.kind, document.company, document.number);
    next = withDocument(next, key, decodeDocument(document.kind, plain));
  }
  return next;
}

export function withDocument(
  state: AccountState,
  key: DocumentKey,
  document: LoadedDocument | undefined,
): AccountState {
  switch (document?.kind) {
    case 'order':
      return { ...state, orders: state.orders.set(key, document.order) };
    case 'invoice':
      return { ...state, invoices: state.invoices.set(key, document.invoice) };
    case 'cash':
      return { ...state, cash: state.cash.set(key, document.cash) };
    case undefined:
      return state;
    default:
      return document satisfies never;
  }
}

/** The state without the closed documents that were loaded for one command. */
export function withoutLoaded(state: AccountState): AccountState {
  let { orders, invoices, cash } = state;
  for (const key of state.loaded.documents) {
    orders = orders.delete(key);
    invoices = invoices.delete(key);
    cash = cash.delete(key);
  }
  return { ...state, orders, invoices, cash, loaded: NOTHING_LOADED };
}

export function documentOf(state: AccountState, key: DocumentKey): LoadedDocument | undefined {
  const order = state.orders.get(key);
  if (order !== undefined) return { kind: 'order', order };
  const invoice = state.invoices.get(key);
  if (invoice !== undefined) return { kind: 'invoice', invoice };
  const cash = state.cash.get(key);
  return cash === undefined ? undefined : { kind: 'cash', cash };
}
