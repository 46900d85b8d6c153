import type { Currency } from '../../money/currencies';
import { moneyOf } from '../../money/money';
import { latest } from '../../time/local-date';
import type { Instant } from '../../time/instant';
import { documentKey } from '../documents';
import type { CreditEventData, EventOf, RecordedEvent } from '../events';
import type { AccountState } from '../state';
import { isBefore, reservation, withTotal, type LastCommand, type Order, type OrderTotal } from './order';

export function evolveOrder(state: AccountState, event: RecordedEvent): AccountState {
  if (event.type === 'order.placed.v1') {
    const key = documentKey('order', event.data.company, event.data.orderId);
    return { ...state, orders: state.orders.set(key, placed(event)) };
  }
  if (!('orderId' in event.data) || event.data.orderId === undefined || event.type === 'invoice.issued.v1')
    return state;
  const key = documentKey('order', event.data.company, event.data.orderId);
  const order = state.orders.get(key);
  if (order === undefined) return state;
  const next = afterEvent(order, event);
  return next === order ? state : { ...state, orders: state.orders.set(key, next) };
}

/** The order after one of its own events. `decide` uses it as well, to see what an event would do to the stages. */
export function afterEvent(order: Order, event: RecordedEvent): Order {
  const next = applied(order, event);
  const [last, rejection] = [lastCommand(next, event), lastRejection(next, event)];
  if (last === next.last && rejection === next.lastRejection) return next;
  return { ...next, last, lastRejection: rejection };
}

function lastRejection({ lastRejection: known }: Order, event: RecordedEvent): Order['lastRejection'] {
  if (event.type === 'order.changed.v1') return null;
  if (!('decision' in event.data)) return known;
  const { trigger, contentHash = '' } = event.data;
  // Whatever is asked for or decided later makes one that is sent again a new one.
  if (event.type !== 'credit.rejected.v1' || trigger !== 'manual') return null;
  return { type: 'order.reject', contentHash, revision: event.revision, decided: event.revision };
}

function lastCommand({ last }: Order, event: RecordedEvent): LastCommand | null {
  const { revision } = event;
  if (event.type === 'order.changed.v1') {
    return { type: 'order.changed.v1', contentHash: event.data.contentHash, revision, decided: null };
  }
  if (!('decision' in event.data)) return last;
  const { trigger, contentHash = '' } = event.data;
  if (trigger === 'manual' && event.type === 'credit.released.v1') {
    return { type: 'order.release', contentHash, revision, decided: revision };
  }
  if (trigger === 'changed' && last !== null) return { ...last, decided: revision };
  // Whatever is decided later makes a release that is sent again a new one.
  return last?.type === 'order.release' ? null : last;
}

function applied(order: Order, event: RecordedEvent): Order {
  switch (event.type) {
    case 'order.changed.v1':
      return changed(order, event);
    case 'order.cancelled.v1':
      return { ...order, cancelledOn: event.data.cancelledOn };
    case 'order.closed.v1':
      return { ...order, closedOn: event.data.closedOn };
    case 'order.shipped.v1': {
      const { shipmentId, amount, shippedOn } = event.data;
      const shipment = { number: shipmentId, minor: moneyOf(amount).minor, on: shippedOn, cancelledOn: null };
      return { ...order, shipments: [...order.shipments, shipment] };
    }
    case 'shipment.cancelled.v1': {
      const { shipmentId, cancelledOn } = event.data;
      const shipments = order.shipments.map((one) => (one.number === shipmentId ? { ...one, cancelledOn } : one));
      return { ...order, shipments };
    }
    case 'order.invoiced.v1': {
      const { invoiceId, amount, issuedOn, shipmentId, final } = event.data;
      const one = {
        number: invoiceId,
        minor: moneyOf(amount).minor,
        on: issuedOn,
        shipment: shipmentId ?? null,
        final,
      };
      return { ...order, invoiced: [...order.invoiced, one] };
    }
    case 'credit.approved.v1':
    case 'credit.observed.v1': {
      // The rules let it through, so an earlier release by hand has nothing more to say.
      const next = event.data.increaseStaysHeld === true ? order : letThrough(order, event);
      return { ...next, authorisation: null };
    }
    case 'credit.released.v1':
      return { ...letThrough(order, event), authorisation: authorisationOf(order, event) };
    case 'credit.held.v1': {
      const { question, of } = event.data;
      const hold = { at: event.revision, question, of };
      // What was released stays released while only an increase is in question.
      const authorisation = question === 'increase' ? order.authorisation : null;
      return { ...order, approval: 'held', hold, authorisation };
    }
    case 'credit.rejected.v1':
      return rejected(order, event);
    default:
      return order;
  }
}

function letThrough(order: Order, event: RecordedEvent & { readonly data: CreditEventData }): Order {
  const { of, authorisedFrom, authorisedLast = false } = event.data;
  const total = order.totals.find((one) => one.revision === of);
  const approved: Order = { ...order, approval: 'approved', hold: null };
  if (authorisedFrom === undefined || total === undefined) return approved;
  const place = { on: authorisedFrom, last: authorisedLast };
  return { ...approved, reserved: withTotal(order.reserved, reservation(total, place, entryOf(event))) };
}

function entryOf({ recordedAt, revision }: RecordedEvent): Pick<OrderTotal, 'at' | 'revision'> {
  return { at: recordedAt, revision };
}

function authorisationOf(order: Order, { data }: EventOf<'credit.released.v1'>): Order['authorisation'] {
  if (data.authorisation === undefined) return null;
  const { amount, expiresOn } = data.authorisation;
  return { minor: moneyOf(amount).minor, expiresOn: expiresOn ?? null, terms: order.terms };
}

/** A rejected increase leaves the order approved at what it was before. */
function rejected(order: Order, event: RecordedEvent & EventOf<'credit.rejected.v1'>): Order {
  const { question, withdrawnFrom, withdrawsLater } = event.data;
  if (question === 'increase') return { ...order, approval: 'approved', hold: null };
  const whole: Order = { ...order, approval: 'rejected', hold: null, authorisation: null };
  if (withdrawnFrom === undefined) return whole;
  const nothing = { minor: 0n, on: withdrawnFrom, at: event.recordedAt, revision: event.revision };
  const before = withdrawsLater === true ? order.reserved.filter((total) => isBefore(total, nothing)) : order.reserved;
  return { ...whole, reserved: withTotal(before, nothing) };
}

function placed(event: RecordedEvent & EventOf<'order.placed.v1'>): Order {
  const { company, orderId, amount, orderDate, terms, shipBy } = event.data;
  const total = { minor: moneyOf(amount).minor, on: orderDate, at: FIRST_INSTANT, revision: event.revision };
  return {
    company,
    number: orderId,
    currency: amount.currency as Currency,
    orderDate,
    approval: 'held',
    hold: null,
    totals: [total],
    reserved: [],
    authorisation: null,
    terms: terms ?? null,
    shipBy: shipBy ?? null,
    shipments: [],
    invoiced: [],
    cancelledOn: null,
    closedOn: null,
    last: null,
    lastRejection: null,
  };
}

/** The total as placed comes before every change, also one of the same day. */
const FIRST_INSTANT = '0000-01-01T00:00:00.000Z' as Instant;

function changed(order: Order, event: RecordedEvent & EventOf<'order.changed.v1'>): Order {
  const { amount, changedOn, changedAt, authorisedFrom, authorisedLast = false, terms, shipBy } = event.data;
  const next: Order = { ...order, terms: terms ?? order.terms, shipBy: shipBy ?? order.shipBy };
  if (amount === undefined) return next;
  const on = latest(changedOn, order.orderDate);
  const total: OrderTotal = { minor: moneyOf(amount).minor, on, at: changedAt, revision: event.revision };
  const totals = withTotal(order.totals, total);
  if (authorisedFrom === undefined) return { ...next, totals };
  const place = { on: authorisedFrom, last: authorisedLast };
  const reserved = withTotal(order.reserved, reservation(total, place, entryOf(event)));
  // Who asks for no more than is reserved has taken the held increase back.
  const settled = order.hold?.question === 'increase' && totals.at(-1) === total;
  return settled ? { ...next, totals, reserved, approval: 'approved', hold: null } : { ...next, totals, reserved };
}
