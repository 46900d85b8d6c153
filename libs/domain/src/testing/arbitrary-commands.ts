import fc from 'fast-check';
import { addDays, type LocalDate } from '../time/local-date';
import { decimalOf } from '../money/money';
import type { Currency } from '../money/currencies';
import { day } from './test-account';

/** A command without its envelope, and the days by which the business date moves on before it. */
export interface Step {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly moveOn: number;
  /** When the sender sent it; orders the changes of one day. */
  readonly time: string;
}

const BASE = day('2026-03-01');

const date = fc.integer({ min: -25, max: 45 }).map((offset): LocalDate => addDays(BASE, offset));
const maybeDate = fc.option(date, { nil: undefined });
const currency = fc.oneof({ weight: 30, arbitrary: fc.constant('EUR') }, { weight: 1, arbitrary: fc.constant('USD') });
const amount = fc.tuple(fc.integer({ min: 1, max: 40_000 }), currency).map(([minor, code]) => ({
  amount: decimalOf(BigInt(minor), code as Currency),
  currency: code,
}));
const maybeAmount = fc.option(amount, { nil: undefined });
const id = (prefix: string, count: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: count }).map((n) => `${prefix}${n}`);

const order = id('O', 14);
const shipment = id('S', 16);
const invoice = id('I', 14);
const payment = id('P', 12);
const creditNote = id('N', 8);
const application = fc.oneof(
  id('A', 10),
  fc.tuple(payment, fc.integer({ min: 1, max: 4 })).map(([p, n]) => `${p}~${n}`),
);
const dispute = id('D', 8);

const instalments = fc.constantFrom([30n, 50n, 20n], [1n, 99n]).map((parts) =>
  parts.map((part, index) => ({
    number: index + 1,
    dueOn: addDays(BASE, index * 10),
    amount: { amount: decimalOf(part * 100n, 'EUR' as Currency), currency: 'EUR' },
  })),
);

function data(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(model)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, one]) => one !== undefined)));
}

const remittance = fc.array(data({ invoiceId: invoice, amount: maybeAmount }), { maxLength: 3 });

const kinds: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  'limit.set.v1': data({ amount: fc.option(amount, { nil: null }), validFrom: maybeDate }),
  'account.blocked.v1': data({ reason: fc.constant('late'), blockedOn: maybeDate }),
  'account.unblocked.v1': data({ reason: fc.constant('paid'), unblockedOn: maybeDate }),
  'order.placed.v1': data({ orderId: order, amount, orderDate: date, terms: fc.constantFrom(undefined, 'NET30') }),
  'order.changed.v1': data({
    orderId: order,
    amount: maybeAmount,
    changedOn: maybeDate,
    terms: fc.constantFrom(undefined, 'NET60'),
  }),
  'order.cancelled.v1': data({ orderId: order, cancelledOn: maybeDate }),
  'order.closed.v1': data({ orderId: order, closedOn: maybeDate }),
  'order.release': data({ orderId: order, reason: fc.constant('ok'), expiresOn: maybeDate }),
  'order.reject': data({ orderId: order, reason: fc.constant('no') }),
  'credit.recheck': fc.constant({}),
  'order.shipped.v1': data({ shipmentId: shipment, orderId: order, amount, shippedOn: date }),
  'shipment.cancelled.v1': data({ shipmentId: shipment, cancelledOn: maybeDate }),
  'invoice.issued.v1': data({
    invoiceId: invoice,
    amount,
    issuedOn: date,
    dueOn: maybeDate,
    orderId: fc.option(order, { nil: undefined }),
    final: fc.constantFrom(undefined, undefined, undefined, true),
  }).chain((one) =>
    one['orderId'] === undefined
      ? fc
          .constantFrom(one, one, { ...one, amount: { amount: '100.00', currency: 'EUR' }, instalments: [] })
          .chain((it) =>
            'instalments' in it ? instalments.map((parts) => ({ ...it, instalments: parts })) : fc.constant(it),
          )
      : fc
          .option(shipment, { nil: undefined })
          .map((shipmentId) => (shipmentId === undefined ? one : { ...one, shipmentId })),
  ),
  'credit-note.issued.v1': data({
    creditNoteId: creditNote,
    amount,
    issuedOn: date,
    invoiceId: fc.option(invoice, { nil: undefined }),
    reason: fc.constant('returned'),
  }),
  'payment.received.v1': data({
    paymentId: payment,
    amount,
    receivedOn: date,
    remittance: fc.option(remittance, { nil: undefined }),
  }),
  'payment.reversed.v1': data({ paymentId: payment, reversedOn: maybeDate, reason: fc.constant('bounced') }),
  'payment.refunded.v1': data({ refundId: id('R', 8), paymentId: payment, amount, refundedOn: maybeDate }),
  'cash.applied.v1': data({
    applicationId: id('A', 10),
    paymentId: fc.option(payment, { nil: undefined }),
    invoiceId: invoice,
    amount,
    appliedOn: date,
  }).chain((one) =>
    one['paymentId'] === undefined ? creditNote.map((creditNoteId) => ({ ...one, creditNoteId })) : fc.constant(one),
  ),
  'cash.unapplied.v1': data({ applicationId: application, unappliedOn: maybeDate }),
  'dispute.opened.v1': data({
    disputeId: dispute,
    invoiceId: invoice,
    reason: fc.constant('short'),
    openedOn: maybeDate,
  }),
  'dispute.resolved.v1': data({ disputeId: dispute, outcome: fc.constant('invalid'), resolvedOn: maybeDate }),
  'invoice.written-off.v1': data({
    writeOffId: id('W', 8),
    invoiceId: invoice,
    amount: maybeAmount,
    reason: fc.constant('gone'),
    writtenOffOn: maybeDate,
  }),
};

/** An account that is blocked or full most of the time shows little. */
const OFTEN = [
  ...['order.placed.v1', 'order.shipped.v1', 'invoice.issued.v1', 'payment.received.v1', 'order.changed.v1'],
  ...['account.unblocked.v1', 'account.unblocked.v1', 'cash.applied.v1', 'order.placed.v1', 'payment.received.v1'],
];

const step: fc.Arbitrary<Step> = fc
  .constantFrom(...Object.keys(kinds), ...OFTEN)
  .chain((type) =>
    fc
      .tuple(kinds[type] ?? fc.constant({}), fc.constantFrom(0, 0, 0, 0, 0, 1, 5), fc.integer({ min: 10, max: 23 }))
      .map(([one, moveOn, hour]) => ({ type, data: one, moveOn, time: `2026-03-01T${hour}:00:00Z` })),
  );

/** Random commands of an open account: early, late, twice, back-dated and post-dated. */
export const steps = fc.array(step, { minLength: 200, maxLength: 260, size: 'max' });
