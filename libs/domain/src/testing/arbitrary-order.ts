import fc from 'fast-check';
import { addDays } from '../time/local-date';
import type { Step } from './arbitrary-commands';
import { day, eur } from './test-account';

const BASE = day('2026-03-01');
const ORDER = { orderId: 'O' };

const amount = fc.integer({ min: 1, max: 30 }).map((tens) => eur(`${tens * 10}.00`));
const date = fc.integer({ min: 0, max: 20 }).map((days) => addDays(BASE, days));

/** Before and after `recordedAt` of a test account, which begins with 2026. */
const time = fc.integer({ min: 0, max: 23 }).map((hour) => {
  const day = hour % 2 === 0 ? '2025-12-31' : '2026-01-01';
  return `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
});

const changes = data({
  orderId: fc.constant('O'),
  amount: fc.option(amount, { nil: undefined }),
  changedOn: fc.option(date, { nil: undefined }),
  terms: fc.constantFrom(undefined, undefined, 'NET60', 'NET30'),
});

const releases = data({
  orderId: fc.constant('O'),
  reason: fc.constant('ok'),
  amount: fc.option(amount, { nil: undefined }),
  expiresOn: fc.option(date, { nil: undefined }),
});

const said: Record<string, { readonly weight: number; readonly data: fc.Arbitrary<Record<string, unknown>> }> = {
  'order.changed.v1': { weight: 8, data: changes },
  'order.release': { weight: 4, data: releases },
  'order.reject': { weight: 4, data: fc.constant({ ...ORDER, reason: 'no' }) },
  'limit.set.v1': { weight: 3, data: data({ amount }) },
  'account.blocked.v1': { weight: 1, data: fc.constant({ reason: 'late' }) },
  'account.unblocked.v1': { weight: 2, data: fc.constant({ reason: 'paid' }) },
  'credit.recheck': { weight: 3, data: fc.constant({}) },
  'order.shipped.v1': {
    weight: 1,
    data: data({ ...constants(ORDER), shipmentId: fc.uuid(), amount, shippedOn: date }),
  },
  'invoice.issued.v1': { weight: 1, data: data({ ...constants(ORDER), invoiceId: fc.uuid(), amount, issuedOn: date }) },
  'order.cancelled.v1': { weight: 1, data: data({ ...constants(ORDER), cancelledOn: date }) },
};

/** What is done with the one order `O`: changed, released, rejected, back-dated and sent by clocks that differ. */
export const orderSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ...Object.entries(said).map(([type, { weight, data: sent }]) => ({
      weight,
      arbitrary: fc.record({
        type: fc.constant(type),
        data: sent,
        moveOn: fc.constantFrom(0, 0, 0, 1, 4),
        time,
      }),
    })),
  ),
  { minLength: 5, maxLength: 25 },
);

function data(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(model)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, one]) => one !== undefined)));
}

function constants(record: Record<string, unknown>): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fc.constant(value)]));
}
