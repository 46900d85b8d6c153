import { decimalOf, minorOf } from '../../money/money';
import { PASS, type Rule } from './rule';

export const maxOrderValue: Rule<'order.max-value'> = {
  id: 'order.max-value',
  evaluate({ order, currency }, { maxValue }) {
    const max = minorOf(maxValue, currency);
    if (max === null || order.currency !== currency) return PASS;
    const [observed, threshold] = [decimalOf(order.total, currency), decimalOf(max, currency)];
    if (order.total <= max) return { verdict: 'pass', observed, threshold };
    const message = `The order's value of ${observed} ${currency} is above the maximum of ${threshold}.`;
    return { verdict: 'block', observed, threshold, message };
  },
};
