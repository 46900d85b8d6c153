import type { MoneyText } from '../../money/money';
import { refuse, type Handled } from '../draft';
import type { Order } from './order';

/** The refusal of an amount in another currency than the order's; null when it is in the same, or there is none. */
export function inOtherCurrency(order: Order, amount: MoneyText | undefined): Handled | null {
  if (amount === undefined || amount.currency === order.currency) return null;
  return refuse('order.currency', `order ${order.number} is in ${order.currency}, not ${amount.currency}`, {
    field: 'amount.currency',
  });
}
