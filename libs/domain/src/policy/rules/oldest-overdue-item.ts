import type { Rule } from './rule';

/** Days past due of the oldest open debit item; credits don't count. */
export const oldestOverdueItem: Rule<'overdue.oldest-item'> = {
  id: 'overdue.oldest-item',
  evaluate(credit, { maxDaysPastDue }) {
    let oldest = 0;
    for (const item of credit.openDebits()) oldest = Math.max(oldest, item.daysPastDue);
    const [observed, threshold] = [String(oldest), String(maxDaysPastDue)];
    if (oldest <= maxDaysPastDue) return { verdict: 'pass', observed, threshold };
    const message = `The oldest open item is ${observed} days past due; ${threshold} are allowed.`;
    return { verdict: 'block', observed, threshold, message };
  },
};
