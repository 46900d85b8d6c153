import type { Currency } from '../money/currencies';
import { minorOf } from '../money/money';
import type { RecordedEvent } from './events';
import { ZERO_TOTALS, type AccountState } from './state';

export function evolveTotals(state: AccountState, event: RecordedEvent): AccountState {
  const moves = event.data.moves;
  if (moves === undefined || moves.length === 0) return state;
  let totals = state.totals;
  for (const move of moves) {
    const currency = move.currency as Currency;
    const before = totals.get(currency) ?? ZERO_TOTALS;
    const minor = minorOf(move.amount, currency) ?? 0n;
    totals = totals.set(currency, { ...before, [move.category]: before[move.category] + minor });
  }
  return { ...state, totals };
}
