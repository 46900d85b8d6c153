import { PASS, type Rule } from './rule';

/** An amount in a currency that can't be converted is never guessed and never ignored: the order waits for a rate. */
export const rateMissing: Rule<'fx.rate-missing'> = {
  id: 'fx.rate-missing',
  evaluate({ unconverted, currency }) {
    if (unconverted.length === 0) return PASS;
    const observed = unconverted.join(' ');
    return {
      verdict: 'block',
      observed,
      threshold: currency,
      message: `No exchange rate from ${observed} to the account's currency ${currency}.`,
    };
  },
};
