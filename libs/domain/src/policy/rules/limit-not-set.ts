import { PASS, type Rule } from './rule';

/** Nobody has set a limit, or the one for today says that none is set. A limit of 0 is set: no credit. */
export const limitNotSet: Rule<'limit.not-set'> = {
  id: 'limit.not-set',
  evaluate({ limit }) {
    if (limit.kind !== 'not-set') return PASS;
    return { verdict: 'block', observed: null, threshold: null, message: 'No credit limit is set for this account.' };
  },
};
