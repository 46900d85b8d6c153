import fc from 'fast-check';
import { addDays } from '../time/local-date';
import { decimalOf } from '../money/money';
import type { Currency } from '../money/currencies';
import { day } from './test-account';

/** A message of a history, with its own id and the time at which it was sent. */
export interface Sent {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly id: string;
  readonly time: string;
}

const BASE = day('2026-03-01');
const eur = (minor: number): { amount: string; currency: string } => ({
  amount: decimalOf(BigInt(minor), 'EUR' as Currency),
  currency: 'EUR',
});
const on = fc.integer({ min: 0, max: 40 }).map((days) => addDays(BASE, days));

const orderFamily = fc.record({
  amount: fc.integer({ min: 100, max: 50_000 }),
  on,
  changes: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 60_000 }), on }), { maxLength: 3 }),
  shipments: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 30_000 }), on, cancelledOn: fc.option(on) }), {
    maxLength: 3,
  }),
  invoices: fc.array(
    fc.record({
      amount: fc.integer({ min: 10, max: 30_000 }),
      on,
      names: fc.option(fc.nat(2)),
      final: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      paidPercent: fc.integer({ min: 1, max: 60 }),
      paidOn: on,
      reversedOn: fc.option(on, { freq: 3 }),
      disputedOn: fc.option(on),
      writtenOffPercent: fc.option(fc.integer({ min: 1, max: 30 })),
    }),
    { maxLength: 3 },
  ),
  end: fc.option(fc.record({ close: fc.boolean(), on })),
});

/**
 * The messages of a few orders from placing to payment, such that no two of them compete for the same money: then no
 * order of arrival is better than another.
 */
export const histories = fc.array(orderFamily, { minLength: 1, maxLength: 6 }).map((families): Sent[] => {
  const sent: Sent[] = [];
  const add = (type: string, data: Record<string, unknown>): void => {
    const time = `2026-05-01T00:${String(Math.floor(sent.length / 60)).padStart(2, '0')}:${String(sent.length % 60).padStart(2, '0')}Z`;
    sent.push({ type, data, id: `m${sent.length}`, time });
  };
  families.forEach((family, f) => {
    const orderId = `O${f}`;
    add('order.placed.v1', { orderId, amount: eur(family.amount), orderDate: family.on });
    for (const change of family.changes) {
      add('order.changed.v1', { orderId, amount: eur(change.amount), changedOn: change.on });
    }
    family.shipments.forEach((shipment, s) => {
      const shipmentId = `S${f}.${s}`;
      add('order.shipped.v1', { shipmentId, orderId, amount: eur(shipment.amount), shippedOn: shipment.on });
      if (shipment.cancelledOn !== null)
        add('shipment.cancelled.v1', { shipmentId, cancelledOn: shipment.cancelledOn });
    });
    family.invoices.forEach((invoice, i) => {
      const invoiceId = `I${f}.${i}`;
      const named =
        invoice.names !== null && invoice.names < family.shipments.length
          ? { shipmentId: `S${f}.${invoice.names}` }
          : {};
      add('invoice.issued.v1', {
        invoiceId,
        orderId,
        amount: eur(invoice.amount),
        issuedOn: invoice.on,
        final: invoice.final,
        ...named,
      });
      const paid = Math.max(1, Math.floor((invoice.amount * invoice.paidPercent) / 100));
      const paymentId = `P${f}.${i}`;
      add('payment.received.v1', {
        paymentId,
        amount: eur(paid + 7),
        receivedOn: invoice.paidOn,
        remittance: [{ invoiceId, amount: eur(paid) }],
      });
      if (invoice.reversedOn !== null)
        add('payment.reversed.v1', { paymentId, reversedOn: invoice.reversedOn, reason: 'bounced' });
      if (invoice.disputedOn !== null) {
        add('dispute.opened.v1', { disputeId: `D${f}.${i}`, invoiceId, reason: 'short', openedOn: invoice.disputedOn });
        add('dispute.resolved.v1', { disputeId: `D${f}.${i}`, outcome: 'invalid', resolvedOn: invoice.disputedOn });
      }
      if (invoice.writtenOffPercent !== null) {
        const amount = eur(Math.max(1, Math.floor((invoice.amount * invoice.writtenOffPercent) / 100)));
        add('invoice.written-off.v1', {
          writeOffId: `W${f}.${i}`,
          invoiceId,
          amount,
          reason: 'gone',
          writtenOffOn: invoice.on,
        });
      }
    });
    if (family.end !== null) {
      const date = family.end.close ? { closedOn: family.end.on } : { cancelledOn: family.end.on };
      add(family.end.close ? 'order.closed.v1' : 'order.cancelled.v1', { orderId, ...date });
    }
  });
  return sent;
});
