import type { Currency } from '../money/currencies';
import type { Instant } from '../time/instant';
import type { LocalDate } from '../time/local-date';
import type { PolicyBook } from '../policy/policy';
import type { Enforcement } from './messages';

/** What a decision may use besides the account itself. */
export interface DecisionContext {
  readonly businessDate: LocalDate;
  readonly recordedAt: Instant;
  readonly enforcement: Enforcement;
  readonly policies: PolicyBook;
  readonly rates: ExchangeRates;
}

/**
 * The port for exchange rates. No source of rates stands behind it yet, so the only answer is that there is none and
 * orders that would need one are held with `fx.rate-missing`.
 */
export interface ExchangeRates {
  rateFor(from: Currency, to: Currency, on: LocalDate): null;
}

export const NO_EXCHANGE_RATES: ExchangeRates = { rateFor: () => null };
