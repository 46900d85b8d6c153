import type { OrderStatus } from '@duestream/domain';
import type { OrderRow } from '../entities';
import { minus, plus, zero } from './staircase';
import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

type OrderEvent = OfType<
  | 'duestream.order.placed.v1'
  | 'duestream.order.changed.v1'
  | 'duestream.order.cancelled.v1'
  | 'duestream.order.closed.v1'
  | 'duestream.order.shipped.v1'
  | 'duestream.order.invoiced.v1'
  | 'duestream.shipment.cancelled.v1'
>;

export function foldOrder(set: WorkingSet, taken: Taken, event: OrderEvent): void {
  if (event.type === 'duestream.order.placed.v1') return set.orders.put(placed(taken, event));
  const order = set.orders.get(taken.accountId, event.data.company, event.data.orderId);
  if (order === undefined) return;
  switch (event.type) {
    case 'duestream.order.changed.v1':
      return set.orders.put(changed(order, event));
    case 'duestream.order.cancelled.v1':
      return set.orders.put({ ...order, cancelledOn: event.data.cancelledOn });
    case 'duestream.order.closed.v1':
      return set.orders.put({ ...order, closedOn: event.data.closedOn });
    case 'duestream.order.shipped.v1':
      set.shipments.put({
        accountId: taken.accountId,
        company: event.data.company,
        shipmentId: event.data.shipmentId,
        orderId: event.data.orderId,
        amount: event.data.amount.amount,
        currency: event.data.amount.currency,
        shippedOn: event.data.shippedOn,
        cancelledOn: null,
      });
      return set.orders.put({ ...order, shipped: plus(order.shipped, event.data.amount.amount, order.currency) });
    case 'duestream.order.invoiced.v1':
      return set.orders.put({
        ...order,
        invoiced: plus(order.invoiced, event.data.amount.amount, order.currency),
      });
    case 'duestream.shipment.cancelled.v1': {
      const shipment = set.shipments.get(taken.accountId, event.data.company, event.data.shipmentId);
      if (shipment === undefined || shipment.cancelledOn !== null) return;
      set.shipments.put({ ...shipment, cancelledOn: event.data.cancelledOn });
      return set.orders.put({ ...order, shipped: minus(order.shipped, shipment.amount, order.currency) });
    }
  }
}

function changed(order: OrderRow, { data }: OfType<'duestream.order.changed.v1'>): OrderRow {
  const { shipBy = order.shipBy, terms = order.terms } = data;
  return { ...order, shipBy, terms, amount: data.order.requested.amount };
}

/** After every event of an order: its status, its flags, and its hold, which lasts as long as the status. */
export function foldStatus(set: WorkingSet, taken: Taken): void {
  const { data } = taken.event;
  if (!('order' in data)) return;
  const order = set.orders.get(taken.accountId, data.company, data.orderId);
  if (order === undefined) return;
  const { status } = data.order;
  const flags = withFlags(order.flags, data.flags ?? []);
  const holdRevision = foldHold(set, taken, order, status);
  if (status === order.status && flags === order.flags && holdRevision === order.holdRevision) return;
  set.orders.put({ ...order, status, flags, holdRevision });
}

/** A hold lasts while the status does, also through later decisions that leave the order held. */
function foldHold(set: WorkingSet, taken: Taken, order: OrderRow, status: OrderStatus): number | null {
  const { accountId, company, orderId, holdRevision } = order;
  if (status !== 'held') {
    if (holdRevision !== null) {
      set.endedHolds.push({ key: { accountId, company, orderId, revision: holdRevision }, seq: taken.seq });
    }
    return null;
  }
  if (holdRevision !== null) return holdRevision;
  set.holds.push({ accountId, company, orderId, revision: taken.revision, ...recorded(taken), endedSeq: null });
  return taken.revision;
}

function withFlags(known: string, added: readonly string[]): string {
  if (added.length === 0) return known;
  return [...new Set([...known.split(' ').filter((flag) => flag !== ''), ...added])].join(' ');
}

function placed(taken: Taken, event: OfType<'duestream.order.placed.v1'>): OrderRow {
  const { data } = event;
  const nothing = zero(data.amount.currency);
  return {
    accountId: taken.accountId,
    company: data.company,
    orderId: data.orderId,
    currency: data.amount.currency,
    amount: data.amount.amount,
    orderDate: data.orderDate,
    shipBy: data.shipBy ?? null,
    terms: data.terms ?? null,
    status: 'held',
    open: nothing,
    delivered: nothing,
    shipped: nothing,
    invoiced: nothing,
    cancelledOn: null,
    closedOn: null,
    flags: '',
    decisionRevision: null,
    holdRevision: null,
  };
}
