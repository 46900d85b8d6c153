import type { LocalDate } from '../time/local-date';
import type { MoneyText } from '../money/money';
import type { Enforcement } from '../account/messages';

export type Outcome = 'approved' | 'held' | 'rejected';

/** What a rule saw. Amounts and ratios are decimal strings, dates `YYYY-MM-DD`; null where the rule has no such figure. */
export interface RuleVerdict {
  readonly rule: RuleId;
  readonly verdict: 'pass' | 'block';
  readonly observed: string | null;
  readonly threshold: string | null;
}

export interface Reason {
  readonly rule: RuleId;
  readonly observed: string | null;
  readonly threshold: string | null;
  /** A sentence that can be read to a customer. */
  readonly message: string;
}

export type RuleId =
  | 'limit.static'
  | 'limit.not-set'
  | 'limit.not-valid'
  | 'account.blocked'
  | 'fx.rate-missing'
  | 'order.max-value'
  | 'overdue.oldest-item'
  | 'overdue.share';

/** A credit decision with everything that it used, so that it can be derived again bit for bit. */
export interface CreditDecision {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly rules: readonly RuleVerdict[];
  /** The order's total that was decided on. */
  readonly amount: MoneyText;
  /** What the order adds to exposure: its total, or the increase over what was approved before. */
  readonly increase: MoneyText;
  readonly exposureBefore: MoneyText;
  /** Null: none set, or none valid on the business date. */
  readonly limit: MoneyText | null;
  readonly available: MoneyText | null;
  /** `default@1` */
  readonly policyVersion: string;
  /** SHA-256 of the policy's canonical JSON. */
  readonly policyHash: string;
  readonly businessDate: LocalDate;
  readonly enforcement: Enforcement;
}
