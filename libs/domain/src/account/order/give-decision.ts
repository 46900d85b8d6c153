import { moneyText } from '../../money/money';
import { latest } from '../../time/local-date';
import type { CreditDecision } from '../../policy/decision';
import type { DocumentKey } from '../documents';
import type { Draft } from '../draft';
import type { CreditEventData } from '../events';
import type { Enforcement } from '../messages';
import { requestedTotal, type Order } from './order';
import { creditDecision } from './credit-check';

/**
 * Decides on an order at its requested total and records the decision. `of` is the revision of the event that gave
 * that total; an approval counts from that total's own day, so that a late message changes no day before it.
 */
export function giveDecision(
  draft: Draft,
  key: DocumentKey,
  trigger: CreditEventData['trigger'],
  of: number,
  enforcement: Enforcement,
): CreditDecision {
  const order = loaded(draft, key);
  const decision = creditDecision(draft.state, order, draft.context, enforcement);
  const through = enforcement === 'observe' || decision.outcome === 'approved';
  const total = order.totals.find((one) => one.revision === of);
  const on = total?.on ?? order.orderDate;
  // What was recorded just now counts from its own day, what had been held from today.
  const from = total?.authorisedFrom ?? (of === draft.state.revision ? on : latest(on, draft.businessDate));
  const data = {
    ...aboutOrder(order, trigger),
    decision,
    ...(through && { authorised: { of, from } }),
  };
  const type = enforcement === 'observe' ? 'credit.observed.v1' : eventOf(decision, trigger);
  draft.emitOnOrder(type, data, latest(on, draft.businessDate), key);
  return decision;
}

export function aboutOrder(
  order: Order,
  trigger: CreditEventData['trigger'],
): Pick<CreditEventData, 'orderId' | 'company' | 'trigger' | 'total'> {
  const total = moneyText(requestedTotal(order), order.currency);
  return { orderId: order.number, company: order.company, trigger, total };
}

/** A handler asks for an order only after it made sure that it is there. */
export function loaded(draft: Draft, key: DocumentKey): Order {
  const order = draft.state.orders.get(key);
  if (order === undefined) throw new Error('the order was not loaded before it was decided on');
  return order;
}

function eventOf({ outcome }: CreditDecision, trigger: CreditEventData['trigger']) {
  if (outcome === 'approved') return 'credit.approved.v1';
  // What a person had released and nobody shipped goes back to a person.
  return outcome === 'held' || trigger === 'expired' ? 'credit.held.v1' : 'credit.rejected.v1';
}
