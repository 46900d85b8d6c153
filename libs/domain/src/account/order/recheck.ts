import { latest, type LocalDate } from '../../time/local-date';
import type { DocumentKey } from '../documents';
import type { Draft, Handler } from '../draft';
import { creditDecision } from './credit-check';
import { aboutOrder, giveDecision } from './give-decision';
import type { Order } from './order';
import { finalStages } from './stages';

/**
 * Looks at the held orders again, by order date and then by when they were held, and releases those that pass now.
 * One that still does not fit is skipped, not waited for.
 */
export function recheckHeld(draft: Draft): void {
  for (const { key } of heldInTurn(draft)) {
    const order = draft.state.orders.get(key);
    if (order === undefined) continue;
    const decision = creditDecision(draft.state, order, draft.context, 'enforce');
    if (decision.outcome !== 'approved') continue;
    const last = order.totals.at(-1);
    const from = latest(last?.on ?? order.orderDate, draft.businessDate);
    const authorised = { of: last?.revision ?? -1, from };
    draft.emitOnOrder('credit.released.v1', { ...aboutOrder(order, 'recheck'), decision, authorised }, from, key);
  }
}

/** Decides again on what was released by hand until a day that has passed and has not shipped. */
export function recheckExpired(draft: Draft): void {
  for (const [key, order] of draft.state.orders) {
    if (!hasExpired(order, draft.businessDate) || finalStages(order).orders === 0n) continue;
    giveDecision(draft, key, 'expired', order.totals.at(-1)?.revision ?? -1, 'enforce');
  }
}

export const recheck: Handler<'credit.recheck'> = (draft) => {
  recheckExpired(draft);
  recheckHeld(draft);
  return { kind: 'done' };
};

function hasExpired(order: Order, businessDate: LocalDate): boolean {
  const expiresOn = order.authorisation?.expiresOn ?? null;
  return order.approval === 'approved' && expiresOn !== null && expiresOn < businessDate;
}

function heldInTurn(draft: Draft): { readonly key: DocumentKey; readonly order: Order }[] {
  const held: { key: DocumentKey; order: Order }[] = [];
  for (const key of draft.state.held.keys()) {
    const order = draft.state.orders.get(key);
    if (order !== undefined) held.push({ key, order });
  }
  return held.sort((a, b) =>
    a.order.orderDate === b.order.orderDate
      ? (a.order.heldAt ?? 0) - (b.order.heldAt ?? 0)
      : a.order.orderDate < b.order.orderDate
        ? -1
        : 1,
  );
}
