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
  const order = set.orders.find(taken.accountId, event.data.company, event.data.orderId);
  if (order === undefined) return;
  const { shipBy, terms, shipped, invoiced, currency } = order.row;
  switch (event.type) {
    case 'duestream.order.changed.v1': {
      const { data } = event;
      const amount = data.order.requested.amount;
      return order.change({ shipBy: data.shipBy ?? shipBy, terms: data.terms ?? terms, amount });
    }
    case 'duestream.order.cancelled.v1':
      return order.change({ cancelledOn: event.data.cancelledOn });
    case 'duestream.order.closed.v1':
      return order.change({ closedOn: event.data.closedOn });
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
      return order.change({ shipped: plus(shipped, event.data.amount.amount, currency) });
    case 'duestream.order.invoiced.v1':
      return order.change({ invoiced: plus(invoiced, event.data.amount.amount, currency) });
    case 'duestream.shipment.cancelled.v1': {
      const shipment = set.shipments.find(taken.accountId, event.data.company, event.data.shipmentId);
      if (shipment === undefined || shipment.row.cancelledOn !== null) return;
      shipment.change({ cancelledOn: event.data.cancelledOn });
      return order.change({ shipped: minus(shipped, shipment.row.amount, currency) });
    }
  }
}

/** After every event of an order: its status, its flags, and its hold, which lasts as long as the status. */
export function foldStatus(set: WorkingSet, taken: Taken): void {
  const { data } = taken.event;
  if (!('order' in data)) return;
  const order = set.orders.find(taken.accountId, data.company, data.orderId);
  if (order === undefined) return;
  const { status } = data.order;
  const flags = withFlags(order.row.flags, data.flags ?? []);
  order.change({ status, flags, holdRevision: foldHold(set, taken, order.row, status) });
}

/** A hold lasts while the status does, also through later decisions that leave the order held. */
function foldHold(set: WorkingSet, taken: Taken, order: OrderRow, status: OrderStatus): number | null {
  const { accountId, company, orderId, holdRevision, decisionRevision } = order;
  // What has been invoiced before the first decision is not held yet.
  if (status !== 'held' || decisionRevision === null) {
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
