import { minorUnitsOf } from '../../money/currencies';
import { decimalOf } from '../../money/money';
import { ratioOf } from '../ratio';
import { PASS, type Rule } from './rule';

/** Compared as exact decimals, so that a maximum with more decimals than the currency has means what it says. */
export const maxOrderValue: Rule<'order.max-value'> = {
  id: 'order.max-value',
  evaluate({ order, currency }, { maxValue }) {
    if (order.currency !== currency) return PASS;
    const { over, under } = ratioOf(maxValue);
    const observed = decimalOf(order.total, currency);
    if (order.total * under <= over * 10n ** BigInt(minorUnitsOf(currency))) {
      return { verdict: 'pass', observed, threshold: maxValue };
    }
    const message = `The order's value of ${observed} ${currency} is above the maximum of ${maxValue}.`;
    return { verdict: 'block', observed, threshold: maxValue, message };
  },
};
