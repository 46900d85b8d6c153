import { lastEffectOfCash, restOf } from './cash/cash';
import { documentKey, kindOf, type DocumentKey } from './documents';
import type { RecordedEvent } from './events';
import { lastEffectOfInvoice, openOf } from './invoice/invoice';
import { isUndecided, lastEffect, orderStatus } from './order/order';
import { finalStages } from './order/stages';
import type { AccountState } from './state';

/**
 * Puts away the documents that are done: nothing left in them, nothing to come, nobody to decide. Looks at those that
 * the event touched and, when the business date moved, at those that had waited for it.
 */
export function settle(state: AccountState, event: RecordedEvent): AccountState {
  let next = state;
  const looked: DocumentKey[] = [];
  for (const { document } of event.data.touched ?? []) {
    const key = documentKey(document.kind, document.company, document.number);
    next = settleDocument(next, key);
    looked.push(key);
  }
  if (state.postDated.size === 0) return next;
  for (const [key] of state.postDated) if (!looked.includes(key)) next = settleDocument(next, key);
  return next;
}

function settleDocument(state: AccountState, key: DocumentKey): AccountState {
  switch (kindOf(key)) {
    case 'order':
      return settleOrder(state, key);
    case 'invoice':
      return settleInvoice(state, key);
    case 'payment':
    case 'credit-note':
      return settleCash(state, key);
    default:
      return state;
  }
}

function settleOrder(state: AccountState, key: DocumentKey): AccountState {
  const order = state.orders.get(key);
  if (order === undefined) return state;
  const undecided = isUndecided(order);
  const held = undecided ? state.held.set(key, true) : state.held.delete(key);
  const noted = held === state.held ? state : { ...state, held };
  const next = withPostDated(noted, key, lastEffect(order) > state.businessDate);
  if (undecided || next.postDated.has(key)) return next;
  const { orders, deliveries } = finalStages(order);
  if (orders > 0n || deliveries > 0n) return next;
  const entry = next.index.get(key);
  if (entry === undefined) return next;
  const index = next.index.set(key, Object.assign({}, entry, { status: orderStatus(order) }));
  return { ...next, orders: next.orders.delete(key), index };
}

function settleInvoice(state: AccountState, key: DocumentKey): AccountState {
  const invoice = state.invoices.get(key);
  if (invoice === undefined) return state;
  const next = withPostDated(state, key, lastEffectOfInvoice(invoice) > state.businessDate);
  const done = invoice.disputes.length === 0 && invoice.items.every((item) => openOf(item) === 0n);
  return done && !next.postDated.has(key) ? { ...next, invoices: next.invoices.delete(key) } : next;
}

function settleCash(state: AccountState, key: DocumentKey): AccountState {
  const cash = state.cash.get(key);
  if (cash === undefined) return state;
  const next = withPostDated(state, key, lastEffectOfCash(cash) > state.businessDate);
  return restOf(cash) === 0n && !next.postDated.has(key) ? { ...next, cash: next.cash.delete(key) } : next;
}

function withPostDated(state: AccountState, key: DocumentKey, later: boolean): AccountState {
  if (state.postDated.has(key) === later) return state;
  return { ...state, postDated: later ? state.postDated.set(key, true) : state.postDated.delete(key) };
}
