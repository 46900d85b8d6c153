import type { Currency } from '../money/currencies';
import { maxBig } from '../money/money';
import { LAST_DATE, type LocalDate } from '../time/local-date';
import { categoryOf } from './cash/cash';
import type { DocumentKey } from './documents';
import { finalStages, stagesOn } from './order/stages';
import { ZERO_TOTALS, type AccountState, type Totals } from './state';

/** Minor units of one currency. `total` is floored at zero once; the categories are never clipped. */
export interface Exposure {
  readonly currency: Currency;
  readonly categories: Totals;
  readonly total: bigint;
}

/**
 * The exposure that a decision on `businessDate` sees (DOMAIN.md §2): orders, shipments and invoices count once they
 * are recorded, whatever their date; what lowers exposure counts from its date.
 */
export function decisionExposure(state: AccountState, currency: Currency, businessDate: LocalDate): Exposure {
  let categories = state.totals.get(currency) ?? ZERO_TOTALS;
  for (const [key] of state.postDated) categories = beforeItsDay(state, key, currency, businessDate, categories);
  return { currency, categories, total: maxBig(0n, netOf(categories)) };
}

/** Currencies other than the account's in which anything is outstanding for a decision on `businessDate`. */
export function otherCurrencies(state: AccountState, currency: Currency, businessDate: LocalDate): Currency[] {
  const others: Currency[] = [];
  for (const other of state.totals.keys()) {
    if (other === currency) continue;
    const { categories } = decisionExposure(state, other, businessDate);
    if (Object.values(categories).some((minor: bigint) => minor !== 0n)) others.push(other);
  }
  return others.sort();
}

export function netOf(totals: Totals): bigint {
  return totals.orders + totals.deliveries + totals.receivables - totals.unappliedCash - totals.creditNotes;
}

/** Puts back what a post-dated document has already lowered in the sums but may only lower later. */
function beforeItsDay(
  state: AccountState,
  key: DocumentKey,
  currency: Currency,
  day: LocalDate,
  totals: Totals,
): Totals {
  const order = state.orders.get(key);
  if (order?.currency === currency) {
    const [now, end] = [stagesOn(order, LAST_DATE, day), finalStages(order)];
    return {
      ...totals,
      orders: totals.orders + now.orders - end.orders,
      deliveries: totals.deliveries + now.deliveries - end.deliveries,
    };
  }
  const invoice = state.invoices.get(key);
  if (invoice?.currency === currency) {
    let later = 0n;
    for (const item of invoice.items) {
      for (const move of item.moves.slice(1)) if (move.on > day) later += move.minor;
    }
    return { ...totals, receivables: totals.receivables - later };
  }
  const cash = state.cash.get(key);
  if (cash?.currency === currency) {
    let later = 0n;
    for (const move of cash.moves) if (move.on > day) later += move.minor;
    return { ...totals, [categoryOf(cash)]: totals[categoryOf(cash)] - later };
  }
  return totals;
}
