import { PASS, type Rule } from './rule';

/** Limits are set, but none of them for the business date. */
export const limitNotValid: Rule<'limit.not-valid'> = {
  id: 'limit.not-valid',
  evaluate({ limit, businessDate }) {
    if (limit.kind !== 'not-valid') return PASS;
    const message =
      limit.validTo === null
        ? `The credit limit is not valid yet on ${businessDate}.`
        : `The credit limit was valid until ${limit.validTo}, not on ${businessDate}.`;
    return { verdict: 'block', observed: businessDate, threshold: limit.validTo, message };
  },
};
