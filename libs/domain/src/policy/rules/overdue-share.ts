import { decimalRatio, exceeds, ratioOf } from '../ratio';
import type { Rule } from './rule';

/** Overdue beyond N days as a share of all open debit; compared as an exact ratio, so that 0.999 % counts as what it is. */
export const overdueShare: Rule<'overdue.share'> = {
  id: 'overdue.share',
  evaluate(credit, { maxPercent, minDaysPastDue }) {
    let [overdue, open] = [0n, 0n];
    for (const item of credit.openDebits()) {
      open += item.open;
      if (item.daysPastDue > minDaysPastDue) overdue += item.open;
    }
    const observed = decimalRatio(overdue * 100n, open, 4) ?? '0.0000';
    if (!exceeds(overdue * 100n, open, ratioOf(maxPercent)))
      return { verdict: 'pass', observed, threshold: maxPercent };
    const message = `${observed} % of what is open is more than ${minDaysPastDue} days past due; ${maxPercent} % is allowed.`;
    return { verdict: 'block', observed, threshold: maxPercent, message };
  },
};
