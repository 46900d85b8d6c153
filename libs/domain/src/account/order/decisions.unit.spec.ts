import { DEFAULT_POLICY, type Policy } from '../../policy/policy';
import { day, eur, TestAccount } from '../../testing/test-account';
import type { Result } from '../result';

const place = (account: TestAccount, orderId: string, amount: string, more: object = {}): Result =>
  account.send('order.placed.v1', { orderId, amount: eur(amount), ...more });

const withRules = (rules: Partial<Policy['rules']>): Policy => ({
  ...DEFAULT_POLICY,
  version: 2,
  rules: { ...DEFAULT_POLICY.rules, ...rules },
});

describe('limit', () => {
  test('holds the order when exposure plus order exceeds the limit', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O1', '60.00');
    expect(place(account, 'O2', '40.01')).toMatchObject({
      orderStatus: 'held',
      decision: {
        outcome: 'held',
        exposureBefore: eur('60.00'),
        available: eur('40.00'),
        reasons: [{ rule: 'limit.static', observed: '100.01', threshold: '100.00' }],
      },
    });
  });

  test('approves an order that meets the limit to the cent', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O1', '60.00');
    expect(place(account, 'O2', '40.00')).toMatchObject({ decision: { outcome: 'approved' } });
  });

  test('receivables, deliveries and open orders of 120 000 block at a limit of 100 000 [SAP rule]', () => {
    const account = TestAccount.opened('100000.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('25000.00') });
    account.enforcement = 'observe';
    place(account, 'O1', '15000.00');
    account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O1', amount: eur('15000.00') });
    place(account, 'O2', '50000.00');
    account.enforcement = 'enforce';
    expect(place(account, 'O3', '30000.00')).toMatchObject({
      decision: { outcome: 'held', reasons: [{ observed: '120000.00', threshold: '100000.00' }] },
    });
  });

  test('holds when no limit is set, also after null was set, and lets 0 mean no credit', () => {
    const account = TestAccount.opened();
    expect(place(account, 'O1', '1.00')).toMatchObject({
      decision: { reasons: [{ rule: 'limit.not-set' }], limit: null },
    });
    account.send('limit.set.v1', { amount: null });
    expect(place(account, 'O2', '1.00')).toMatchObject({ decision: { reasons: [{ rule: 'limit.not-set' }] } });
    account.send('limit.set.v1', { amount: eur('0.00') });
    expect(place(account, 'O3', '0.01')).toMatchObject({
      decision: { reasons: [{ rule: 'limit.static', threshold: '0.00' }] },
    });
  });

  test('holds outside the days for which a limit is set', () => {
    const account = TestAccount.opened();
    account.send('limit.set.v1', { amount: eur('100.00'), validFrom: day('2026-01-01'), validTo: day('2026-02-28') });
    expect(place(account, 'O', '1.00')).toMatchObject({
      decision: { reasons: [{ rule: 'limit.not-valid', observed: '2026-03-01', threshold: '2026-02-28' }] },
    });
  });

  test('of two limits for one day the latest recorded wins', () => {
    const account = TestAccount.opened('100.00');
    account.send('limit.set.v1', { amount: eur('10.00') });
    expect(place(account, 'O', '11.00')).toMatchObject({ decision: { outcome: 'held', limit: eur('10.00') } });
  });

  test('a limit lowered below exposure warns, blocks new orders and leaves the old ones', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O1', '60.00');
    account.send('limit.set.v1', { amount: eur('50.00') });
    expect(account.events.at(-1)).toMatchObject({ data: { warnings: ['limit.below-exposure'] } });
    expect(account.figure('orders')).toBe('60.00');
    expect(place(account, 'O2', '1.00')).toMatchObject({ decision: { outcome: 'held' } });
  });

  test('unapplied cash and open credit notes give room', () => {
    const account = TestAccount.opened('100.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('100.00') });
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('30.00'), remittance: [] });
    account.send('credit-note.issued.v1', { creditNoteId: 'N', amount: eur('20.00'), reason: 'returned' });
    expect(place(account, 'O', '50.00')).toMatchObject({
      decision: { outcome: 'approved', exposureBefore: eur('50.00') },
    });
  });

  test('a post-dated payment gives room from its day only', () => {
    const account = TestAccount.opened('100.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('100.00') });
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('100.00'), receivedOn: day('2026-03-10') });
    expect(place(account, 'O1', '50.00')).toMatchObject({
      decision: { outcome: 'held', exposureBefore: eur('100.00') },
    });
    account.businessDate = day('2026-03-10');
    expect(place(account, 'O2', '40.00')).toMatchObject({
      decision: { outcome: 'approved', exposureBefore: eur('0.00') },
    });
  });

  test('an order for a future day counts once it is recorded', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O1', '80.00', { orderDate: day('2026-06-01') });
    expect(place(account, 'O2', '30.00')).toMatchObject({
      decision: { outcome: 'held', exposureBefore: eur('80.00') },
    });
  });
});

test('a blocked account rejects, and every rule that is on is recorded', () => {
  const account = TestAccount.opened('100.00');
  account.send('account.blocked.v1', { reason: 'insolvent' });
  const answer = place(account, 'O', '200.00');
  expect(answer).toMatchObject({ orderStatus: 'rejected', decision: { outcome: 'rejected' } });
  if (answer.status !== 'accepted') throw new Error('not accepted');
  expect(answer.decision?.reasons.map((reason) => reason.rule)).toEqual(['account.blocked', 'limit.static']);
  expect(answer.decision?.rules).toHaveLength(5);
});

test('an open item in a currency without a rate holds the orders of the account', () => {
  const account = TestAccount.opened('100.00');
  account.send('invoice.issued.v1', { invoiceId: 'I', amount: { amount: '5.00', currency: 'USD' } });
  expect(account.figure('receivables', undefined, 'USD')).toBe('5.00');
  expect(place(account, 'O', '1.00')).toMatchObject({
    decision: { outcome: 'held', reasons: [{ rule: 'fx.rate-missing', observed: 'USD' }] },
  });
});

describe('rules that are off by default', () => {
  test('an order above the maximum value is held', () => {
    const account = TestAccount.opened('2000.00');
    account.policy = withRules({ 'order.max-value': { on: true, onBlock: 'hold', maxValue: '500' } });
    expect(place(account, 'O1', '500.00')).toMatchObject({
      decision: { outcome: 'approved', policyVersion: 'default@2' },
    });
    expect(place(account, 'O2', '500.01')).toMatchObject({
      decision: { reasons: [{ rule: 'order.max-value', threshold: '500' }] },
    });
  });

  test('the oldest overdue debit item counts, credits do not', () => {
    const account = TestAccount.opened('1000.00');
    account.policy = withRules({ 'overdue.oldest-item': { on: true, onBlock: 'hold', maxDaysPastDue: 30 } });
    account.send('credit-note.issued.v1', {
      creditNoteId: 'N',
      amount: eur('1.00'),
      issuedOn: day('2025-01-01'),
      reason: 'old',
    });
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('10.00'), issuedOn: day('2026-01-30') });
    expect(place(account, 'O1', '1.00')).toMatchObject({ decision: { outcome: 'approved' } });
    account.businessDate = day('2026-03-02');
    expect(place(account, 'O2', '1.00')).toMatchObject({
      decision: { reasons: [{ observed: '31', threshold: '30' }] },
    });
  });

  test('an overdue share of 0.999 % exceeds 0.99 %, exactly', () => {
    const account = TestAccount.opened('100000.00');
    account.policy = withRules({
      'overdue.share': { on: true, onBlock: 'hold', maxPercent: '0.99', minDaysPastDue: 0 },
    });
    account.send('invoice.issued.v1', { invoiceId: 'I1', amount: eur('9.99'), issuedOn: day('2026-02-01') });
    account.send('invoice.issued.v1', { invoiceId: 'I2', amount: eur('990.01') });
    expect(place(account, 'O1', '1.00')).toMatchObject({
      decision: { reasons: [{ rule: 'overdue.share', observed: '0.9990' }] },
    });
    account.policy = withRules({
      'overdue.share': { on: true, onBlock: 'hold', maxPercent: '0.999', minDaysPastDue: 0 },
    });
    expect(place(account, 'O2', '1.00')).toMatchObject({ decision: { outcome: 'approved' } });
  });
});

describe('held orders', () => {
  test('a payment releases those that fit, by order date, and skips the one that does not', () => {
    const account = TestAccount.opened('100.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('100.00') });
    place(account, 'big', '90.00', { orderDate: day('2026-02-01') });
    place(account, 'late', '30.00', { orderDate: day('2026-02-03') });
    place(account, 'early', '20.00', { orderDate: day('2026-02-02') });
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('50.00') });
    const released = account.events.filter((event) => event.type === 'credit.released.v1').map((event) => event.data);
    expect(released).toMatchObject([
      { orderId: 'early', trigger: 'recheck' },
      { orderId: 'late', trigger: 'recheck' },
    ]);
    expect(account.figure('orders')).toBe('50.00');
  });

  test.each([
    ['a higher limit', (account: TestAccount) => account.send('limit.set.v1', { amount: eur('500.00') })],
    ['a cancelled order', (account: TestAccount) => account.send('order.cancelled.v1', { orderId: 'first' })],
    [
      'a write-off',
      (account: TestAccount) =>
        account.send('invoice.written-off.v1', { writeOffId: 'W', invoiceId: 'I', reason: 'gone' }),
    ],
  ])('are released by %s in the same command', (_, clear) => {
    const account = TestAccount.opened('100.00');
    place(account, 'first', '50.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('50.00') });
    place(account, 'held', '40.00');
    expect(clear(account)).toMatchObject({ status: 'accepted' });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { orderId: 'held' } });
  });

  test('are looked at again when the business date moves', () => {
    const account = TestAccount.opened();
    account.send('limit.set.v1', { amount: eur('100.00'), validFrom: day('2026-03-05') });
    place(account, 'O', '10.00');
    expect(account.events.at(-1)?.type).toBe('credit.held.v1');
    account.businessDate = day('2026-03-05');
    account.send('credit.recheck', {});
    expect(account.events.at(-1)).toMatchObject({
      type: 'credit.released.v1',
      data: { authorisedFrom: '2026-03-05' },
    });
    expect(account.figure('orders', '2026-03-04')).toBe('0.00');
  });

  test('do not make new orders queue behind them', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'big', '200.00');
    expect(place(account, 'small', '100.00')).toMatchObject({ decision: { outcome: 'approved' } });
  });

  test('are released or rejected by hand with a reason', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O1', '20.00');
    place(account, 'O2', '30.00');
    expect(account.send('order.release', { orderId: 'O1', reason: 'known customer' })).toMatchObject({
      orderStatus: 'approved',
    });
    expect(account.events.at(-1)).toMatchObject({
      data: { trigger: 'manual', personal: { reason: 'known customer' } },
    });
    expect(account.send('order.reject', { orderId: 'O2', reason: 'no' })).toMatchObject({ orderStatus: 'rejected' });
    expect(account.send('order.release', { orderId: 'O2', reason: 'late' })).toMatchObject({
      refusal: { code: 'order.not-held' },
    });
    expect(account.figure('orders')).toBe('20.00');
  });
});

describe('changed orders', () => {
  test('an increase is decided again, and what was approved before stays reserved and may ship', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '80.00');
    expect(account.send('order.changed.v1', { orderId: 'O', amount: eur('120.00') })).toMatchObject({
      orderStatus: 'held',
      decision: { outcome: 'held', increase: eur('40.00'), exposureBefore: eur('80.00') },
    });
    expect(account.figure('orders')).toBe('80.00');
    account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: eur('80.00') });
    expect(account.events.at(-1)?.data.flags).toBeUndefined();
    account.send('limit.set.v1', { amount: eur('120.00') });
    expect([account.figure('orders'), account.figure('deliveries')]).toEqual(['40.00', '80.00']);
  });

  test('a decrease needs no decision', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '80.00');
    const answer = account.send('order.changed.v1', { orderId: 'O', amount: eur('30.00') });
    expect(answer).toMatchObject({ status: 'accepted', orderStatus: 'approved' });
    expect(answer).not.toHaveProperty('decision');
    expect(account.figure('orders')).toBe('30.00');
  });

  test('released at 1 000 with 12 %, 1 120.00 needs no re-check and 1 120.01 does [SAP Note 718260]', () => {
    for (const [amount, decided] of [
      ['1120.00', false],
      ['1120.01', true],
    ] as const) {
      const account = TestAccount.opened('10.00');
      account.policy = { ...DEFAULT_POLICY, releaseTolerancePercent: '12' };
      place(account, 'O', '1000.00');
      account.send('order.release', { orderId: 'O', reason: 'agreed' });
      const answer = account.send('order.changed.v1', { orderId: 'O', amount: eur(amount) });
      expect('decision' in answer).toBe(decided);
      expect(account.figure('orders')).toBe(decided ? '1000.00' : '1120.00');
    }
  });

  test('a released order is decided again when its terms change or its release expired', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '1000.00');
    account.send('order.release', { orderId: 'O', reason: 'agreed', expiresOn: day('2026-03-05') });
    account.businessDate = day('2026-03-06');
    account.send('credit.recheck', {});
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.held.v1', data: { trigger: 'expired' } });
  });
});

test('observe records what would have been decided and lets the order through', () => {
  const account = TestAccount.opened('10.00');
  account.enforcement = 'observe';
  expect(place(account, 'O', '50.00')).toMatchObject({
    orderStatus: 'approved',
    decision: { outcome: 'held', enforcement: 'observe' },
  });
  expect(account.events.at(-1)?.type).toBe('credit.observed.v1');
  expect(account.figure('orders')).toBe('50.00');
});

test('an order placed twice is one order with one decision, and with other content a conflict', () => {
  const account = TestAccount.opened('100.00');
  place(account, 'O', '60.00');
  expect(place(account, 'O', '60.00')).toMatchObject({
    status: 'duplicate',
    firstRevision: 2,
    decisionRevision: 3,
    orderStatus: 'approved',
  });
  expect(place(account, 'O', '61.00')).toMatchObject({
    status: 'refused',
    refusal: { kind: 'conflict', firstRevision: 2 },
  });
  expect(place(account, 'O', '60.00', { company: 'other' })).toMatchObject({
    status: 'accepted',
    decision: { outcome: 'held' },
  });
});
