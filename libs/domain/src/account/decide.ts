import { applyByHand } from './cash/apply-by-hand';
import { issueCreditNote } from './cash/credit-note';
import { receivePayment } from './cash/receive';
import { refundPayment } from './cash/refund';
import { reversePayment } from './cash/reverse';
import { unapplyCash } from './cash/unapply';
import type { DecisionContext } from './context';
import { openDispute, resolveDispute } from './dispute/dispute';
import { documentKey, documentRef, type DocumentKey, type DocumentRef } from './documents';
import { Draft, type Handled } from './draft';
import { issueInvoice } from './invoice/issue';
import { assertInvariants } from './invariants';
import { ACCOUNT_KEY, commandKey, keyField } from './keys';
import { setLimit } from './limit/set';
import type { Command } from './messages';
import { changeOrder } from './order/change';
import { cancelOrder, closeOrder } from './order/end';
import { placeOrder } from './order/place';
import { recheck, recheckExpired, recheckHeld } from './order/recheck';
import { rejectOrder, releaseOrder } from './order/release';
import { cancelShipment, shipOrder } from './order/ship';
import { orderStatus } from './order/order';
import { blockAccount, unblockAccount } from './profile/block-account';
import { changeAccount, openAccount, putAccount } from './profile/open';
import type { OrderStatus } from './order/standing';
import type { Result } from './result';
import type { AccountState, IndexEntry } from './state';
import { resumeWaiting } from './waiting/resume';
import { keepWaiting } from './waiting/keep';
import { writeOffInvoice } from './write-off/write-off';

/**
 * Decides on one command: the events that answer it, or why it changes nothing. Pure: everything that it uses is in
 * its arguments. `state` must hold what `needs` asked for.
 */
export function decide(command: Command, state: AccountState, context: DecisionContext): Result {
  const known = answerKnown(command, state);
  if (known !== null) return known;
  if (state.profile === null && command.type !== 'account.opened.v1' && command.type !== 'account.put') {
    const detail = `account ${command.accountId} has not been opened`;
    const commandField = 'accountId';
    return { status: 'refused', refusal: { kind: 'unknown', code: 'account.unknown', detail, commandField } };
  }
  const draft = new Draft(state, context, command);
  const handled = handle(draft, command, false);
  if (handled.kind === 'refuse') return { status: 'refused', refusal: handled.refusal };
  if (handled.kind === 'wait') {
    const refusal = keepWaiting(draft, command, handled.for);
    if (refusal !== null) return { status: 'refused', refusal };
  }
  resumeWaiting(draft, handle);
  recheckCredit(state, draft, command);
  assertInvariants(draft.state);
  if (handled.kind === 'wait') {
    const waitingFor = [documentRef(handled.for)];
    return { status: 'waiting', events: draft.events, state: draft.evolved(), waitingFor };
  }
  if (draft.events.length === 0 && command.type === 'account.put') {
    return { status: 'duplicate', firstRevision: state.index.get(ACCOUNT_KEY)?.first ?? 0 };
  }
  const { decision, order, waitingFor } = handled;
  const status = order === undefined ? undefined : statusOf(draft.state, order);
  return {
    status: 'accepted',
    events: draft.events,
    state: draft.evolved(),
    ...(decision !== undefined && { decision }),
    ...(status !== undefined && { orderStatus: status }),
    ...(waitingFor !== undefined && { waitingFor }),
  };
}

export function handle(draft: Draft, command: Command, late: boolean): Handled {
  switch (command.type) {
    case 'account.opened.v1':
      return openAccount(draft, command, late);
    case 'account.changed.v1':
      return changeAccount(draft, command, late);
    case 'account.put':
      return putAccount(draft, command, late);
    case 'account.blocked.v1':
      return blockAccount(draft, command, late);
    case 'account.unblocked.v1':
      return unblockAccount(draft, command, late);
    case 'limit.set.v1':
      return setLimit(draft, command, late);
    case 'order.placed.v1':
      return placeOrder(draft, command, late);
    case 'order.changed.v1':
      return changeOrder(draft, command, late);
    case 'order.cancelled.v1':
      return cancelOrder(draft, command, late);
    case 'order.closed.v1':
      return closeOrder(draft, command, late);
    case 'order.shipped.v1':
      return shipOrder(draft, command, late);
    case 'shipment.cancelled.v1':
      return cancelShipment(draft, command, late);
    case 'order.release':
      return releaseOrder(draft, command, late);
    case 'order.reject':
      return rejectOrder(draft, command, late);
    case 'credit.recheck':
      return recheck(draft, command, late);
    case 'invoice.issued.v1':
      return issueInvoice(draft, command, late);
    case 'credit-note.issued.v1':
      return issueCreditNote(draft, command, late);
    case 'payment.received.v1':
      return receivePayment(draft, command, late);
    case 'payment.reversed.v1':
      return reversePayment(draft, command, late);
    case 'payment.refunded.v1':
      return refundPayment(draft, command, late);
    case 'cash.applied.v1':
      return applyByHand(draft, command, late);
    case 'cash.unapplied.v1':
      return unapplyCash(draft, command, late);
    case 'dispute.opened.v1':
      return openDispute(draft, command, late);
    case 'dispute.resolved.v1':
      return resolveDispute(draft, command, late);
    case 'invoice.written-off.v1':
      return writeOffInvoice(draft, command, late);
    default:
      return command satisfies never;
  }
}

/** The same again, or the same key with other content. */
function answerKnown(command: Command, state: AccountState): Result | null {
  const key = commandKey(command);
  const entry = state.index.get(key);
  if (entry === undefined) return repeatsLast(command, state);
  if (entry.hash === command.contentHash) return duplicate(command, state, key, entry);
  // What lapsed never took effect: its number may be used for what was meant.
  if (entry.lapsed === true) return null;
  const { kind, number } = documentRef(key);
  return {
    status: 'refused',
    refusal: {
      kind: 'conflict',
      code: 'document.conflict',
      detail: `${kind} ${kind === 'account' ? command.accountId : number} was recorded before with other content`,
      firstRevision: entry.first,
      ...keyField(command),
    },
  };
}

/** Without an id of its own a command says nothing new when it equals the last one of its kind. */
function repeatsLast(command: Command, state: AccountState): Result | null {
  if (command.keyless !== true) return null;
  if (command.type === 'limit.set.v1') {
    const last = state.limits.at(-1);
    return last?.contentHash === command.contentHash ? { status: 'duplicate', firstRevision: last.revision } : null;
  }
  const { type } = command;
  if (type !== 'order.changed.v1' && type !== 'order.release' && type !== 'order.reject') return null;
  const order = state.orders.get(documentKey('order', command.data.company ?? '', command.data.orderId));
  const last = type === 'order.reject' ? order?.lastRejection : order?.last;
  if (order === undefined || last?.type !== type || last.contentHash !== command.contentHash) return null;
  return {
    status: 'duplicate',
    firstRevision: last.revision,
    ...(last.decided !== null && { decisionRevision: last.decided }),
    orderStatus: orderStatus(order),
  };
}

function duplicate(command: Command, state: AccountState, key: DocumentKey, entry: IndexEntry): Result {
  const order = orderOf(command, state, key, entry);
  const status = order === null ? undefined : statusOf(state, order);
  const { decided } = entry;
  const waitingFor = waitingOf(state, key);
  return {
    status: 'duplicate',
    firstRevision: entry.first,
    ...(decided !== undefined && { decisionRevision: decided }),
    ...(status !== undefined && { orderStatus: status }),
    ...(waitingFor.length > 0 && { waitingFor }),
  };
}

/** What the message, or a link of its document, waits for now. */
function waitingOf(state: AccountState, key: DocumentKey): DocumentRef[] {
  const whole = state.waiting.get(key);
  if (whole !== undefined) return [documentRef(whole.waitsFor)];
  const links = [...state.waiting.values()].filter((entry) => entry.kind === 'link' && entry.document === key);
  return links.map((link) => documentRef(link.waitsFor));
}

/** The order that a message is about, where it is about one. */
function orderOf(command: Command, state: AccountState, key: DocumentKey, entry: IndexEntry): DocumentKey | null {
  if (command.type === 'order.placed.v1') return key;
  const owner = entry.owners?.[0] ?? null;
  if (command.type === 'order.shipped.v1') return owner;
  if (command.type === 'shipment.cancelled.v1') {
    const { company = '', shipmentId } = command.data;
    return state.index.get(documentKey('shipment', company, shipmentId))?.owners?.[0] ?? null;
  }
  if (!command.type.startsWith('order.') || !('orderId' in command.data)) return null;
  const { company = '', orderId } = command.data;
  return orderId === undefined ? null : documentKey('order', company, orderId);
}

function statusOf(state: AccountState, key: DocumentKey): OrderStatus | undefined {
  const order = state.orders.get(key);
  return order === undefined ? state.index.get(key)?.status : orderStatus(order);
}

/**
 * Looks at held orders again in the same append whenever something could clear a reason (DOMAIN.md §3): anything but
 * a new order, and a new business date always. Whether orders are enforced or observed now makes no difference to
 * those that were held.
 */
function recheckCredit(before: AccountState, draft: Draft, command: Command): void {
  if (draft.events.length === 0 || command.type === 'credit.recheck') return;
  const isNewDay = draft.businessDate > before.businessDate;
  if (isNewDay) recheckExpired(draft);
  if (draft.state.held.size === 0) return;
  const isNewOrder = command.type === 'order.placed.v1' && draft.events.length <= 2;
  if (isNewDay || !isNewOrder) recheckHeld(draft);
}
