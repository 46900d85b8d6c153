import type { Currency, Move } from '@duestream/domain';
import { itemOf } from './fold-documents';
import { plus, raise, settledFrom, zero } from './staircase';
import type { Taken } from './taken';
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
      recordedAt: taken.recordedAt,
      seq: taken.seq,
    });
    foldBalance(set, taken, move);
    if (ITEM_CATEGORIES.has(move.category)) foldItem(set, taken, move);
    else foldStage(set, taken, move);
  }
}

function foldBalance(set: WorkingSet, { accountId }: Taken, move: Move): void {
  const { currency, category, effectiveAt } = move;
  const known = set.balances.find(accountId, currency, category);
  const amount = plus(known?.row.amount ?? zero(currency), move.amount, currency);
  if (known === undefined) {
    set.balances.put({ accountId, currency, category, amount, latestOn: effectiveAt });
  } else {
    known.change({ amount, latestOn: known.row.latestOn > effectiveAt ? known.row.latestOn : effectiveAt });
  }
}

function foldItem(set: WorkingSet, taken: Taken, move: Move): void {
  const { kind, company, number } = move.document;
  const item = move.item ?? 0;
  const known = set.items.find(taken.accountId, kind, company, number, item);
  const { stepDays: days, stepOpen: open } = known?.row ?? NO_STEPS;
  const stairs = raise({ days, open }, move.effectiveAt, move.amount, move.currency as Currency);
  const steps = { stepDays: stairs.days, stepOpen: stairs.open, settledOn: settledFrom(stairs) };
  if (known !== undefined) return known.change(steps);
  const dates = { issuedOn: move.effectiveAt, dueOn: move.effectiveAt };
  set.items.put({ ...itemOf(taken, kind, company, number, move), item, ...dates, ...steps });
}

const NO_STEPS = { stepDays: [], stepOpen: [] } as const;

/** What the move leaves in the order's stage. A shipment's or invoice's move names its order in the event. */
function foldStage(set: WorkingSet, taken: Taken, move: Move): void {
  const { data } = taken.event;
  const orderId = move.document.kind === 'order' ? move.document.number : 'orderId' in data ? data.orderId : undefined;
  if (orderId === undefined) return;
  const order = set.orders.find(taken.accountId, move.document.company, orderId);
  if (order === undefined) return;
  const { open, delivered, currency } = order.row;
  if (move.category === 'orders') order.change({ open: plus(open, move.amount, currency) });
  else order.change({ delivered: plus(delivered, move.amount, currency) });
}
