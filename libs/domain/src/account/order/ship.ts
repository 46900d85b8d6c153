import { maxBig, moneyOf } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { apart } from '../personal';
import { loaded } from './give-decision';
import { reservedTotal, type Order } from './order';
import { inOtherCurrency } from './same-currency';

/** A shipment is a fact: it is posted whatever was decided, and flagged when nobody had released it. */
export const shipOrder: Handler<'order.shipped.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const order = loaded(draft, key);
  const other = inOtherCurrency(order, data.amount);
  if (other !== null) return other;
  const shippedOn = latest(data.shippedOn ?? draft.businessDate, order.orderDate);
  const shipment = { number: data.shipmentId, minor: moneyOf(data.amount).minor, on: shippedOn, cancelledOn: null };
  const flags = notReleasedFlag(order, { ...order, shipments: [...order.shipments, shipment] });
  draft.emitOnOrder('order.shipped.v1', { company, ...apart(sent), shippedOn, contentHash, ...flags }, shippedOn, key);
  return { kind: 'done', order: key };
};

export const cancelShipment: Handler<'shipment.cancelled.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const shipmentKey = documentKey('shipment', company, data.shipmentId);
  if (!isKnown(draft.state, shipmentKey)) return { kind: 'wait', for: shipmentKey };
  const key = draft.state.index.get(shipmentKey)?.owners?.[0];
  const order = key === undefined ? undefined : draft.state.orders.get(key);
  const shipment = order?.shipments.find((one) => one.number === data.shipmentId);
  if (key === undefined || order === undefined || shipment === undefined) {
    return refuse('shipment.lapsed', `shipment ${data.shipmentId} never took effect`, { field: 'shipmentId' });
  }
  const cancelledOn = latest(data.cancelledOn ?? draft.businessDate, shipment.on);
  const event = { company, ...apart(sent), orderId: order.number, cancelledOn, contentHash };
  draft.emitOnOrder('shipment.cancelled.v1', event, cancelledOn, key);
  return { kind: 'done', order: key };
};

/** Value leaves an order that was not released for it: held, rejected or cancelled. `after`: the order with that. */
export function notReleasedFlag(order: Order, after: Order): { readonly flags?: readonly string[] } {
  const beyond = order.hold?.question === 'whole' || leftOf(after) > reservedTotal(order);
  const isLoose = order.cancelledOn !== null || order.approval === 'rejected';
  return isLoose || (order.approval === 'held' && beyond) ? { flags: ['order.not-released'] } : {};
}

/** What has left the open order: shipped, or invoiced without having been shipped. */
function leftOf(order: Order): bigint {
  const shipped = order.shipments.reduce((sum, one) => sum + one.minor, 0n);
  const invoiced = order.invoiced.reduce((sum, one) => sum + one.minor, 0n);
  return maxBig(shipped, invoiced);
}
