import { decimalOf, moneyOf, moneyText } from '../../money/money';
import { documentKey } from '../documents';
import { isKnown, refuse, type Draft, type Handler, type Handled } from '../draft';
import { aboutOrder, authorised, heldQuestion, withdrawal } from './give-decision';
import { isUndecided, type Order } from './order';
import { inOtherCurrency } from './same-currency';

/** A person lets a held order through: an authorisation with an amount and, if wanted, an expiry. */
export const releaseOrder: Handler<'order.release'> = (draft, { data, contentHash }) => {
  const key = documentKey('order', data.company ?? '', data.orderId);
  const order = heldOrder(draft, key, data.orderId);
  if ('kind' in order) return order;
  const asked = heldQuestion(order, draft.businessDate);
  if (asked === null) throw new Error('a held order has no question');
  const total = asked.total.minor;
  const minor = data.amount === undefined ? total : moneyOf(data.amount).minor;
  const other = inOtherCurrency(order, data.amount);
  if (other !== null) return other;
  if (data.expiresOn !== undefined && data.expiresOn < draft.businessDate) {
    return refuse('release.expired', `a release until ${data.expiresOn} is over already`, { field: 'expiresOn' });
  }
  if (minor < total) {
    const facts = { amount: decimalOf(minor, order.currency), total: decimalOf(total, order.currency) };
    return refuse('release.below-total', `a release of ${facts.amount} does not cover the order's ${facts.total}`, {
      field: 'amount',
      facts,
    });
  }
  const authorisation = {
    amount: moneyText(minor, order.currency),
    onRevision: order.hold?.at ?? draft.state.revision,
    ...(data.expiresOn !== undefined && { expiresOn: data.expiresOn }),
  };
  const event = {
    decision: null,
    ...aboutOrder(order, 'manual', asked),
    ...authorised(asked.total, asked.from),
    authorisation,
    personal: { reason: data.reason },
    contentHash,
  };
  draft.emitOnOrder('credit.released.v1', event, draft.businessDate, key);
  return { kind: 'done', order: key };
};

export const rejectOrder: Handler<'order.reject'> = (draft, { data, contentHash }) => {
  const key = documentKey('order', data.company ?? '', data.orderId);
  const order = heldOrder(draft, key, data.orderId);
  if ('kind' in order) return order;
  const asked = heldQuestion(order, draft.businessDate);
  if (asked === null) throw new Error('a held order has no question');
  const event = {
    decision: null,
    ...aboutOrder(order, 'manual', asked),
    ...withdrawal(order, asked, draft),
    personal: { reason: data.reason },
    contentHash,
  };
  draft.emitOnOrder('credit.rejected.v1', event, draft.businessDate, key);
  return { kind: 'done', order: key };
};

function heldOrder(draft: Draft, key: ReturnType<typeof documentKey>, orderId: string): Order | Handled {
  if (!isKnown(draft.state, key)) {
    return refuse('order.unknown', `no order ${orderId}`, { kind: 'unknown', field: 'orderId' });
  }
  const order = draft.state.orders.get(key);
  return order !== undefined && order.hold !== null && isUndecided(order)
    ? order
    : refuse('order.not-held', `order ${orderId} is not held`, { field: 'orderId' });
}
