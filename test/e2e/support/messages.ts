import { randomUUID } from 'node:crypto';

export const euros = (amount: string): { readonly amount: string; readonly currency: 'EUR' } => ({
  amount,
  currency: 'EUR',
});

/** An inbound message as an upstream system sends it. */
export function envelope(type: string, subject: string, data: object, id: string = randomUUID()): object {
  return { specversion: '1.0', id, source: '/erp/test', type, subject, time: '2026-03-02T09:15:00Z', data };
}

export const openAccount = (subject: string, more: object = {}): object =>
  envelope('account.opened.v1', subject, { name: 'Ada & Co', currency: 'EUR', ...more }, `open ${subject}`);

export const setLimit = (subject: string, amount: string): object =>
  envelope('limit.set.v1', subject, { amount: euros(amount), validFrom: '2020-01-01' }, `limit ${subject} ${amount}`);

export const placeOrder = (subject: string, orderId: string, amount: string, more: object = {}): object =>
  envelope('order.placed.v1', subject, { orderId, amount: euros(amount), orderDate: '2026-03-02', ...more });
