import { documentKey } from '../documents';
import type { Handler } from '../draft';
import { apart } from '../personal';
import { giveDecision, loaded } from './give-decision';

export const placeOrder: Handler<'order.placed.v1'> = (draft, { data, contentHash }) => {
  const { enforcement = draft.context.enforcement, company = '', orderDate = draft.businessDate, ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  draft.emit('order.placed.v1', { company, ...apart(sent), orderDate, contentHash }, orderDate, [key]);
  const [total] = loaded(draft, key).totals;
  if (total === undefined) throw new Error('a placed order has a total');
  const decision = giveDecision(draft, key, 'placed', { question: 'whole', total, from: orderDate }, enforcement);
  return { kind: 'done', order: key, decision };
};
