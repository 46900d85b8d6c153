import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, type Handler } from '../draft';
import { apart } from '../personal';
import { loaded } from './give-decision';

/** Releases exactly what is still reserved; what is shipped stays. */
export const cancelOrder: Handler<'order.cancelled.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const cancelledOn = latest(data.cancelledOn ?? draft.businessDate, loaded(draft, key).orderDate);
  draft.emitOnOrder('order.cancelled.v1', { company, ...apart(sent), cancelledOn, contentHash }, cancelledOn, key);
  return { kind: 'done', order: key };
};

/** Drops every residue, shipped too. */
export const closeOrder: Handler<'order.closed.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const closedOn = latest(data.closedOn ?? draft.businessDate, loaded(draft, key).orderDate);
  draft.emitOnOrder('order.closed.v1', { company, ...apart(sent), closedOn, contentHash }, closedOn, key);
  return { kind: 'done', order: key };
};
