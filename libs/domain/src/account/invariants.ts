import type { AccountState, Totals } from './state';

/** What no command can bring about. Thrown before anything is written: a defect of ours, never of a message. */
export class InvariantBroken extends Error {
  constructor(what: string) {
    super(`invariant broken: ${what}`);
  }
}

/** No category is ever negative once everything recorded has taken effect. */
export function assertInvariants(state: AccountState): void {
  for (const [currency, totals] of state.totals) {
    for (const category of CATEGORIES) {
      const minor = totals[category];
      if (minor < 0n) throw new InvariantBroken(`${category} of ${state.accountId} is ${minor} ${currency}`);
    }
  }
}

const CATEGORIES = [
  'orders',
  'deliveries',
  'receivables',
  'unappliedCash',
  'creditNotes',
] as const satisfies readonly (keyof Totals)[];
