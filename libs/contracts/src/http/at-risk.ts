export type RiskTier = 'ok' | 'watch' | 'at-risk' | 'critical';

export interface RiskReason {
  readonly signal: string;
  readonly observed: string;
  readonly threshold: string;
  readonly points: number;
  readonly message: string;
}

export interface AtRiskItem {
  readonly accountId: string;
  readonly name: string;
  readonly tier: RiskTier;
  readonly score: number;
  readonly reasons: readonly RiskReason[];
  /** The day on which the account came into its tier. */
  readonly since: string;
}
