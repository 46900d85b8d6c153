import type { Currency, Move } from '@duestream/domain';
import type { ItemRow } from '../entities';
import { itemOf } from './fold-documents';
import { plus, raise, settledFrom, zero } from './staircase';
import { recorded, type Taken } from './taken';
import type { WorkingSet } from './working-set';

/** The categories whose moves belong to open items. */
export const ITEM_CATEGORIES: ReadonlySet<string> = new Set(['receivables', 'unappliedCash', 'creditNotes']);

export function foldMoves(set: WorkingSet, taken: Taken): void {
  const moves = taken.event.data.moves ?? [];
  for (const [n, move] of moves.entries()) {
    set.moves.push({
      accountId: taken.accountId,
      revision: taken.revision,
      n,
      category: move.category,
      kind: move.document.kind,
      company: move.document.company,
      number: move.document.number,
      item: move.item ?? 0,
      amount: move.amount,
      currency: move.currency,
      effectiveAt: move.effectiveAt,
      ...recorded(taken),
    });
    foldBalance(set, taken, move);
    if (ITEM_CATEGORIES.has(move.category)) foldItem(set, taken, move);
    else foldStage(set, taken, move);
  }
}

function foldBalance(set: WorkingSet, taken: Taken, move: Move): void {
  const known = set.balances.get(taken.accountId, move.currency, move.category);
  set.balances.put({
    accountId: taken.accountId,
    currency: move.currency,
    category: move.category,
    amount: plus(known?.amount ?? zero(move.currency), move.amount, move.currency),
    latestOn: known !== undefined && known.latestOn > move.effectiveAt ? known.latestOn : move.effectiveAt,
  });
}

function foldItem(set: WorkingSet, taken: Taken, move: Move): void {
  const { kind, company, number } = move.document;
  const item = move.item ?? 0;
  const known: ItemRow = set.items.get(taken.accountId, kind, company, number, item) ?? {
    ...itemOf(taken, kind, company, number, move),
    item,
    issuedOn: move.effectiveAt,
    dueOn: move.effectiveAt,
  };
  const stairs = raise(
    { days: known.stepDays, open: known.stepOpen },
    move.effectiveAt,
    move.amount,
    move.currency as Currency,
  );
  set.items.put({ ...known, stepDays: stairs.days, stepOpen: stairs.open, settledOn: settledFrom(stairs) });
}

/** What the move leaves in the order's stage. A shipment's or invoice's move names its order in the event. */
function foldStage(set: WorkingSet, taken: Taken, move: Move): void {
  const { data } = taken.event;
  const orderId = move.document.kind === 'order' ? move.document.number : 'orderId' in data ? data.orderId : undefined;
  if (orderId === undefined) return;
  const order = set.orders.get(taken.accountId, move.document.company, orderId);
  if (order === undefined) return;
  if (move.category === 'orders') set.orders.put({ ...order, open: plus(order.open, move.amount, order.currency) });
  else set.orders.put({ ...order, delivered: plus(order.delivered, move.amount, order.currency) });
}
