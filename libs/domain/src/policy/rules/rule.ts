import type { Currency } from '../../money/currencies';
import type { LocalDate } from '../../time/local-date';
import type { LimitOnDay } from '../../account/limit/limit';
import type { RuleId, RuleVerdict } from '../decision';
import type { Policy } from '../policy';

/** Everything that a rule may look at. Amounts are minor units of `currency`, the account's. */
export interface CreditCase {
  readonly businessDate: LocalDate;
  readonly currency: Currency;
  readonly exposure: bigint;
  readonly limit: LimitOnDay;
  readonly blocked: boolean;
  /** The order's currency and those of open documents without a rate into the account's. */
  readonly unconverted: readonly Currency[];
  readonly order: {
    readonly currency: Currency;
    readonly total: bigint;
    /** What the order adds to exposure. */
    readonly increase: bigint;
  };
  /** Open debit items on the business date; computed when a rule asks. */
  openDebits(): readonly OpenDebit[];
}

export interface OpenDebit {
  readonly open: bigint;
  readonly daysPastDue: number;
}

export interface Rule<Id extends RuleId = RuleId> {
  readonly id: Id;
  evaluate(credit: CreditCase, setting: Policy['rules'][Id]): Found;
}

/** `message` is read only when the rule blocks. */
export type Found = Omit<RuleVerdict, 'rule'> & { readonly message?: string };

export const PASS: Found = { verdict: 'pass', observed: null, threshold: null };
