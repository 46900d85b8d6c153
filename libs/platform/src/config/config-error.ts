export interface ConfigProblem {
  readonly variable: string;
  /** As given, without passwords; empty when missing. */
  readonly value: string;
  readonly expected: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config.invalid';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(['The configuration is not valid:', ...problems.map(describe)].join('\n'));
  }
}

function describe({ variable, value, expected }: ConfigProblem): string {
  return value === ''
    ? `  ${variable} is not set; expected ${expected}`
    : `  ${variable} is "${value}"; expected ${expected}`;
}
