import { documentKey } from '../documents';
import type { Handler } from '../draft';
import { apart } from '../personal';
import { giveDecision } from './give-decision';

export const placeOrder: Handler<'order.placed.v1'> = (draft, { data, contentHash }) => {
  const { enforcement, company = '', orderDate = draft.businessDate, ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  const { revision } = draft.emit('order.placed.v1', { ...apart(sent), company, orderDate, contentHash }, orderDate, [
    key,
  ]);
  const decision = giveDecision(draft, key, 'placed', revision, enforcement ?? draft.context.enforcement);
  return { kind: 'done', order: key, decision };
};
