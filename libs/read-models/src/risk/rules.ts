import type { RiskTier } from '@duestream/contracts';

export type SignalName =
  | 'utilisation'
  | 'limit.exceeded'
  | 'limit.expired'
  | 'item.past-due'
  | 'overdue.share'
  | 'days-late.rising'
  | 'payment.bounced'
  | 'dispute.share'
  | 'profile.gaps';

/** `threshold` is a ratio, days or a count, as the signal has it; `windowDays` is how far back the signal looks. */
export interface SignalRule {
  readonly points: number;
  readonly threshold: number;
  readonly windowDays?: number;
}

export interface RiskRules {
  readonly version: string;
  readonly signals: Readonly<Record<SignalName, SignalRule>>;
  /** Worst first: the first whose score is reached. */
  readonly tiers: readonly { readonly tier: RiskTier; readonly fromScore: number }[];
  /** Profile fields that must not be missing. */
  readonly mandatoryFields: readonly ('name' | 'country' | 'segment' | 'riskClass' | 'terms')[];
  /** `since` looks back this far at most. */
  readonly lookBackDays: number;
}

/**
 * What makes an account risky, as data. A change is a new version: an answer names the one that it was made by, and
 * ratios are whole ten-thousandths so that comparing them is exact.
 */
export const RISK_RULES: RiskRules = {
  version: 'risk@1',
  signals: {
    utilisation: { points: 20, threshold: 9_000 },
    'limit.exceeded': { points: 25, threshold: 10_000 },
    'limit.expired': { points: 15, threshold: 0 },
    'item.past-due': { points: 25, threshold: 30 },
    'overdue.share': { points: 20, threshold: 2_500 },
    'days-late.rising': { points: 15, threshold: 5, windowDays: 90 },
    'payment.bounced': { points: 25, threshold: 1, windowDays: 90 },
    'dispute.share': { points: 15, threshold: 2_000 },
    'profile.gaps': { points: 5, threshold: 1 },
  },
  tiers: [
    { tier: 'critical', fromScore: 70 },
    { tier: 'at-risk', fromScore: 40 },
    { tier: 'watch', fromScore: 15 },
    { tier: 'ok', fromScore: 0 },
  ],
  mandatoryFields: ['name', 'country', 'segment', 'terms'],
  lookBackDays: 1_095,
};
