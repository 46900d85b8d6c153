import { latest, type LocalDate } from '../../time/local-date';
import type { DocumentKey } from '../documents';
import type { Draft, Handler } from '../draft';
import { accountStanding } from './credit-check';
import { aboutOrder, authorised, decideOn, giveDecision, heldQuestion, loaded, type Asked } from './give-decision';
import { closingDay, isUndecided, type Order } from './order';
import { finalStages } from './stages';

/**
 * Looks at the held orders again, by order date and then by when they were held, and releases those that pass now.
 * One that still does not fit is skipped, not waited for.
 */
export function recheckHeld(draft: Draft): void {
  // The account looks the same to each of them until one is released.
  let standing = accountStanding(draft.state, draft.context);
  for (const { key, order } of heldInTurn(draft)) {
    const asked = heldQuestion(order, draft.businessDate);
    if (asked === null || !isUndecided(order)) continue;
    const decision = decideOn(standing, order, asked, 'enforce');
    if (decision.outcome !== 'approved') continue;
    const event = { decision, ...aboutOrder(order, 'recheck', asked), ...authorised(asked.total, asked.from) };
    draft.emitOnOrder('credit.released.v1', event, draft.businessDate, key);
    standing = accountStanding(draft.state, draft.context);
  }
}

/** Decides again on what was released by hand until a day that has passed, as far as it has not shipped. */
export function recheckExpired(draft: Draft): void {
  for (const [key, order] of draft.state.orders) {
    const total = order.reserved.at(-1);
    if (total === undefined || !hasExpired(order, draft.businessDate)) continue;
    const asked = { question: 'whole', total, from: null } as const;
    const increase = heldQuestion(order, draft.businessDate);
    if (increase === null) giveDecision(draft, key, 'expired', asked, 'enforce');
    else decideBeside(increase, draft, key, asked);
  }
}

/** What passes again leaves the increase that is held in question; what does not is held together with it. */
function decideBeside(increase: Asked, draft: Draft, key: DocumentKey, asked: Asked): void {
  const order = loaded(draft, key);
  const decision = decideOn(accountStanding(draft.state, draft.context), order, asked, 'enforce');
  if (decision.outcome !== 'approved') {
    giveDecision(draft, key, 'expired', { ...increase, question: 'whole' }, 'enforce');
    return;
  }
  const event = { decision, ...aboutOrder(order, 'expired', asked), increaseStaysHeld: true } as const;
  draft.emitOnOrder('credit.approved.v1', event, latest(asked.total.on, draft.businessDate), key);
}

export const recheck: Handler<'credit.recheck'> = (draft) => {
  recheckExpired(draft);
  recheckHeld(draft);
  return { kind: 'done' };
};

function hasExpired(order: Order, businessDate: LocalDate): boolean {
  const expiresOn = order.authorisation?.expiresOn ?? null;
  if (expiresOn === null || expiresOn >= businessDate) return false;
  return order.cancelledOn === null && closingDay(order) === null && finalStages(order).orders > 0n;
}

function heldInTurn(draft: Draft): { readonly key: DocumentKey; readonly order: Order }[] {
  const held: { key: DocumentKey; order: Order }[] = [];
  for (const key of draft.state.held.keys()) {
    const order = draft.state.orders.get(key);
    if (order !== undefined) held.push({ key, order });
  }
  return held.sort((a, b) =>
    a.order.orderDate === b.order.orderDate
      ? (a.order.hold?.at ?? 0) - (b.order.hold?.at ?? 0)
      : a.order.orderDate < b.order.orderDate
        ? -1
        : 1,
  );
}
