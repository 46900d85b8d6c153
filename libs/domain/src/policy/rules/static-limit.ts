import { decimalOf } from '../../money/money';
import { PASS, type Rule } from './rule';

/** Exposure plus this order over the limit. Exactly at the limit passes. */
export const staticLimit: Rule<'limit.static'> = {
  id: 'limit.static',
  evaluate({ limit, exposure, order, currency }) {
    if (limit.kind !== 'set' || order.currency !== currency) return PASS;
    const after = exposure + order.increase;
    const [observed, threshold] = [decimalOf(after, currency), decimalOf(limit.minor, currency)];
    if (after <= limit.minor) return { verdict: 'pass', observed, threshold };
    const over = decimalOf(after - limit.minor, currency);
    const message = `Exposure with this order would be ${observed} ${currency}, ${over} over the limit of ${threshold}.`;
    return { verdict: 'block', observed, threshold, message };
  },
};
