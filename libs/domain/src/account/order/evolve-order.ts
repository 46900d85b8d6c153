import type { Currency } from '../../money/currencies';
import { moneyOf } from '../../money/money';
import { latest, type LocalDate } from '../../time/local-date';
import type { Instant } from '../../time/instant';
import { documentKey } from '../documents';
import type { CreditEventData, EventOf, RecordedEvent } from '../events';
import type { AccountState } from '../state';
import { authorisedTotal, isBefore, type Order, type OrderTotal } from './order';

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
    case 'credit.observed.v1':
      // The rules let it through, so an earlier release by hand has nothing more to say.
      return { ...authorised(order, event.data, 'approved'), authorisation: null };
    case 'credit.released.v1': {
      const { authorisation } = event.data;
      const released = authorised(order, event.data, 'approved');
      if (authorisation === undefined) return { ...released, authorisation: null };
      const { amount, expiresOn } = authorisation;
      return {
        ...released,
        authorisation: { minor: moneyOf(amount).minor, expiresOn: expiresOn ?? null, terms: order.terms },
      };
    }
    case 'credit.held.v1':
      return { ...authorised(order, event.data, 'held'), heldAt: event.revision, authorisation: null };
    case 'credit.rejected.v1':
      // A rejected increase leaves the order approved at what it was before.
      return { ...order, approval: authorisedTotal(order) > 0n ? 'approved' : 'rejected', heldAt: null };
    default:
      return order;
  }
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
    heldAt: null,
    totals: [{ ...total, authorisedFrom: null }],
    authorisation: null,
    terms: terms ?? null,
    shipBy: shipBy ?? null,
    shipments: [],
    invoiced: [],
    cancelledOn: null,
    closedOn: null,
  };
}

/** The total as placed comes before every change, also one of the same day. */
const FIRST_INSTANT = '0000-01-01T00:00:00.000Z' as Instant;

function changed(order: Order, event: RecordedEvent & EventOf<'order.changed.v1'>): Order {
  const { amount, changedOn, changedAt, authorisedFrom, terms, shipBy } = event.data;
  const next: Order = { ...order, terms: terms ?? order.terms, shipBy: shipBy ?? order.shipBy };
  if (amount === undefined) return next;
  const on = latest(changedOn, order.orderDate);
  const total: OrderTotal = {
    minor: moneyOf(amount).minor,
    on,
    at: changedAt,
    revision: event.revision,
    authorisedFrom: authorisedFrom ?? null,
  };
  const totals = [...order.totals, total].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const settled = authorisedFrom !== undefined && order.approval === 'held' && totals.at(-1) === total;
  return settled ? { ...next, totals, approval: 'approved', heldAt: null } : { ...next, totals };
}

function authorised(order: Order, data: CreditEventData, approval: Order['approval']): Order {
  const { authorised: given } = data;
  const totals =
    given === undefined
      ? order.totals
      : order.totals.map((total) => (total.revision === given.of ? withDay(total, given.from) : total));
  return { ...order, totals, approval, heldAt: approval === 'held' ? order.heldAt : null };
}

function withDay(total: OrderTotal, from: LocalDate): OrderTotal {
  return { ...total, authorisedFrom: from };
}
