import type { RuleId } from './decision';

/** What a rule that blocks does to the order. */
export type OnBlock = 'hold' | 'reject';

interface Switched {
  readonly on: boolean;
  readonly onBlock: OnBlock;
}

/** Which rules are on, and their thresholds. Data: a new threshold is a new version. */
export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly rules: {
    readonly 'limit.static': Switched;
    readonly 'limit.not-set': Switched;
    readonly 'limit.not-valid': Switched;
    readonly 'account.blocked': Switched;
    readonly 'fx.rate-missing': Switched;
    /** `maxValue`: decimal, in the account's currency. */
    readonly 'order.max-value': Switched & { readonly maxValue: string };
    readonly 'overdue.oldest-item': Switched & { readonly maxDaysPastDue: number };
    /** Blocks above `maxPercent` (a decimal) of what is open being more than `minDaysPastDue` days past due. */
    readonly 'overdue.share': Switched & { readonly maxPercent: string; readonly minDaysPastDue: number };
  } & Readonly<Record<RuleId, Switched>>;
  /** How far an order may grow over the amount of its release before it is decided again. A decimal. */
  readonly releaseTolerancePercent: string;
  readonly netUnappliedCash: boolean;
  readonly netCreditNotes: boolean;
}

/** A policy with its name in decisions (`default@1`) and the SHA-256 of its canonical JSON. */
export interface PolicyVersion {
  readonly policy: Policy;
  readonly version: string;
  readonly hash: string;
}

/** Which policy decides. One serves every account until policies are assigned. */
export interface PolicyBook {
  readonly current: PolicyVersion;
}

export function policyBook(policy: Policy, hashOf: (policy: Policy) => string): PolicyBook {
  return { current: { policy, version: `${policy.name}@${policy.version}`, hash: hashOf(policy) } };
}

/** The built-in policy of DOMAIN.md §3. */
export const DEFAULT_POLICY: Policy = {
  name: 'default',
  version: 1,
  rules: {
    'limit.static': { on: true, onBlock: 'hold' },
    'limit.not-set': { on: true, onBlock: 'hold' },
    'limit.not-valid': { on: true, onBlock: 'hold' },
    'account.blocked': { on: true, onBlock: 'reject' },
    'fx.rate-missing': { on: true, onBlock: 'hold' },
    'order.max-value': { on: false, onBlock: 'hold', maxValue: '0' },
    'overdue.oldest-item': { on: false, onBlock: 'hold', maxDaysPastDue: 0 },
    'overdue.share': { on: false, onBlock: 'hold', maxPercent: '0', minDaysPastDue: 0 },
  },
  releaseTolerancePercent: '0',
  netUnappliedCash: true,
  netCreditNotes: true,
};
