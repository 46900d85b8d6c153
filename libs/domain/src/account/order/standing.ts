import type { MoneyText } from '../../money/money';

/** Where an order stands: the furthest that its value has come; partly done keeps `approved`. */
export type OrderStatus = 'approved' | 'held' | 'rejected' | 'shipped' | 'invoiced' | 'cancelled' | 'closed';

export interface OrderStanding {
  readonly status: OrderStatus;
  /** The total that was asked for last. */
  readonly requested: MoneyText;
  /** The total that may be reserved and shipped. */
  readonly reserved: MoneyText;
}

/**
 * What a hold keeps back: an increase only, so that what was reserved before may ship, or the whole order, because
 * nothing was ever let through or the release that had let it through ended.
 */
export type Question = 'increase' | 'whole';
