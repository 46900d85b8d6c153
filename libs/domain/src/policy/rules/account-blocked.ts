import { PASS, type Rule } from './rule';

export const accountBlocked: Rule<'account.blocked'> = {
  id: 'account.blocked',
  evaluate({ blocked }) {
    if (!blocked) return PASS;
    return { verdict: 'block', observed: 'blocked', threshold: null, message: 'The account is blocked.' };
  },
};
