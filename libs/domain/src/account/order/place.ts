import { documentKey, type DocumentKey } from '../documents';
import type { Draft, Handler } from '../draft';
import { invoicedBy, takeFromOrder } from '../invoice/issue';
import type { Enforcement } from '../messages';
import { apart } from '../personal';
import { invoicesAwaiting } from '../waiting/resume';
import { accountStanding } from './credit-check';
import { decideOn, giveDecision, loaded, type Asked } from './give-decision';

export const placeOrder: Handler<'order.placed.v1'> = (draft, { data, contentHash }) => {
  const { enforcement = draft.context.enforcement, company = '', orderDate = draft.businessDate, ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  draft.emit('order.placed.v1', { company, ...apart(sent), orderDate, contentHash }, orderDate, [key]);
  const [total] = loaded(draft, key).totals;
  if (total === undefined) throw new Error('a placed order has a total');
  const asked = { question: 'whole', total, from: { on: orderDate, last: false } } as const;
  linkInvoices(draft, key, asked, enforcement);
  const decision = giveDecision(draft, key, 'placed', asked, enforcement);
  return { kind: 'done', order: key, decision };
};

/** What was invoiced before its order came is out of the order before that is decided on: it counts as receivables. */
function linkInvoices(draft: Draft, key: DocumentKey, asked: Asked, enforcement: Enforcement): void {
  const order = loaded(draft, key);
  const invoices = invoicesAwaiting(draft, key).filter(({ amount }) => amount.currency === order.currency);
  if (invoices.length === 0) return;
  const standing = accountStanding(draft.state, draft.context);
  const { outcome } = decideOn(standing, invoicedBy(order, invoices), asked, enforcement);
  const passes = enforcement === 'observe' || outcome === 'approved';
  for (const invoice of invoices) takeFromOrder(draft, key, invoice, passes);
}
