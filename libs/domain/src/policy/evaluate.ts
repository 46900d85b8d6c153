import type { Outcome, Reason, RuleId, RuleVerdict } from './decision';
import type { Policy } from './policy';
import { accountBlocked } from './rules/account-blocked';
import { limitNotSet } from './rules/limit-not-set';
import { limitNotValid } from './rules/limit-not-valid';
import { maxOrderValue } from './rules/max-order-value';
import { oldestOverdueItem } from './rules/oldest-overdue-item';
import { overdueShare } from './rules/overdue-share';
import { rateMissing } from './rules/rate-missing';
import type { CreditCase, Rule } from './rules/rule';
import { staticLimit } from './rules/static-limit';

export interface Evaluation {
  readonly outcome: Outcome;
  readonly rules: readonly RuleVerdict[];
  readonly reasons: readonly Reason[];
}

/** Every rule that is on, so that all reasons are known. One that rejects outweighs those that hold. */
export function evaluate(credit: CreditCase, policy: Policy): Evaluation {
  const rules: RuleVerdict[] = [];
  const reasons: Reason[] = [];
  let outcome: Outcome = 'approved';
  const run = <Id extends RuleId>(rule: Rule<Id>): void => {
    const setting = policy.rules[rule.id];
    if (!setting.on) return;
    const { verdict, observed, threshold, message } = rule.evaluate(credit, setting);
    rules.push({ rule: rule.id, verdict, observed, threshold });
    if (verdict === 'pass') return;
    reasons.push({ rule: rule.id, observed, threshold, message: message ?? rule.id });
    if (setting.onBlock === 'reject') outcome = 'rejected';
    else if (outcome === 'approved') outcome = 'held';
  };
  run(accountBlocked);
  run(limitNotSet);
  run(limitNotValid);
  run(staticLimit);
  run(rateMissing);
  run(maxOrderValue);
  run(oldestOverdueItem);
  run(overdueShare);
  return { outcome, rules, reasons };
}
