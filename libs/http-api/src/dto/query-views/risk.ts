import { ListOf, OneOfTexts, Text, WholeNumber } from '../shown';

export class RiskReasonView {
  @Text()
  readonly signal!: string;

  @Text()
  readonly observed!: string;

  @Text()
  readonly threshold!: string;

  @WholeNumber()
  readonly points!: number;

  @Text()
  readonly message!: string;
}

export class AtRiskItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly name!: string;

  @OneOfTexts(['ok', 'watch', 'at-risk', 'critical'])
  readonly tier!: 'ok' | 'watch' | 'at-risk' | 'critical';

  @WholeNumber()
  readonly score!: number;

  @ListOf(RiskReasonView)
  readonly reasons!: readonly RiskReasonView[];

  @Text()
  readonly since!: string;
}
