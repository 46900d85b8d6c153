import type { Currency } from '../../money/currencies';
import { DEFAULT_POLICY } from '../../policy/policy';
import { day, eur, TestAccount } from '../../testing/test-account';
import { decisionExposure } from '../exposure';
import type { Result } from '../result';

const place = (account: TestAccount, orderId: string, amount: string, more: object = {}): Result =>
  account.send('order.placed.v1', { orderId, amount: eur(amount), ...more });
const change = (account: TestAccount, amount: string, more: object = {}, id?: string, time?: string): Result =>
  account.send('order.changed.v1', { orderId: 'O', amount: eur(amount), ...more }, id, time);
const counted = (account: TestAccount): bigint =>
  decisionExposure(account.state, 'EUR' as Currency, account.businessDate).total;
const usd = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'USD' });

describe('a change that is not the last of its order', () => {
  test('is never reserved over the limit when a later one of the same day is held', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '100.00');
    change(account, '200.00', {}, 'c2', '2026-03-01T11:00:00Z');
    change(account, '5000.00', {}, 'c1', '2026-03-01T10:00:00Z');
    expect(account.figure('orders')).toBe('100.00');
  });

  test('is decided on when it counts until a later decrease', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '100.00');
    change(account, '50.00', { changedOn: day('2026-03-10') });
    expect(change(account, '10000.00')).toMatchObject({ decision: { outcome: 'held' } });
    expect(counted(account)).toBe(10000n);
  });

  test('is decided on when a later increase is held', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '100.00');
    change(account, '150.00', { changedOn: day('2026-03-05') });
    expect(change(account, '5000.00')).toMatchObject({ decision: { outcome: 'held' } });
    expect(account.figure('orders')).toBe('100.00');
  });

  test('is decided on when both had waited for the order', () => {
    const account = TestAccount.opened('100.00');
    change(account, '200.00', {}, 'c2', '2026-03-01T11:00:00Z');
    change(account, '5000.00', {}, 'c1', '2026-03-01T10:00:00Z');
    place(account, 'O', '100.00');
    expect(account.figure('orders')).toBe('100.00');
  });
});

describe('other currencies', () => {
  test('a post-dated payment clears them from its day only', () => {
    const account = TestAccount.opened('100.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: usd('5.00') });
    account.send('payment.received.v1', { paymentId: 'P', amount: usd('5.00'), receivedOn: day('2026-06-01') });
    expect(place(account, 'O', '10.00')).toMatchObject({ decision: { reasons: [{ rule: 'fx.rate-missing' }] } });
  });

  test('held orders are looked at again when they are cleared', () => {
    const account = TestAccount.opened('100.00');
    account.send('payment.received.v1', { paymentId: 'P', amount: usd('5.00') });
    place(account, 'O', '10.00');
    account.send('payment.refunded.v1', { refundId: 'R', paymentId: 'P', amount: usd('5.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { orderId: 'O' } });
  });
});

describe('held orders are looked at again', () => {
  test('when cash is applied to what made them wait', () => {
    const account = TestAccount.opened('100.00');
    account.policy = {
      ...DEFAULT_POLICY,
      rules: { ...DEFAULT_POLICY.rules, 'overdue.oldest-item': { on: true, onBlock: 'hold', maxDaysPastDue: 5 } },
    };
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('10.00'), issuedOn: day('2026-01-01') });
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00'), remittance: [] });
    expect(place(account, 'O', '10.00')).toMatchObject({ orderStatus: 'held' });
    account.send('cash.applied.v1', { applicationId: 'A', paymentId: 'P', invoiceId: 'I', amount: eur('10.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1' });
  });

  test.each(['observe', 'enforce'] as const)('on a new day, whoever brings it: %s', (enforcement) => {
    const account = TestAccount.opened();
    account.send('limit.set.v1', { amount: eur('100.00'), validFrom: day('2026-03-05') });
    place(account, 'O', '10.00');
    account.businessDate = day('2026-03-05');
    account.enforcement = enforcement;
    place(account, 'O2', '1.00');
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { orderId: 'O' } });
  });

  test('on a new day that a waiting message brings', () => {
    const account = TestAccount.opened();
    account.send('limit.set.v1', { amount: eur('100.00'), validFrom: day('2026-03-05') });
    place(account, 'O', '10.00');
    account.businessDate = day('2026-03-05');
    expect(account.send('cash.unapplied.v1', { applicationId: 'A' })).toMatchObject({ status: 'waiting' });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { orderId: 'O' } });
  });

  test('never when a final invoice has ended them', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '100.00');
    account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O', amount: eur('60.00'), final: true });
    account.send('limit.set.v1', { amount: eur('1000.00') });
    expect(account.types()).not.toContain('credit.released.v1');
  });
});

test('an invoice straight from a held order is flagged', () => {
  const account = TestAccount.opened('10.00');
  place(account, 'O', '100.00');
  account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O', amount: eur('60.00') });
  expect(account.events.at(-1)).toMatchObject({ type: 'order.invoiced.v1', data: { flags: ['order.not-released'] } });
});

test('what a cancelled shipment left over is gone for later invoices, also for one that names it', () => {
  for (const named of [{}, { shipmentId: 'S' }]) {
    const account = TestAccount.opened('100.00');
    account.businessDate = day('2026-04-01');
    place(account, 'O', '100.00', { orderDate: day('2026-03-01') });
    account.send('order.shipped.v1', {
      shipmentId: 'S',
      orderId: 'O',
      amount: eur('40.00'),
      shippedOn: day('2026-03-02'),
    });
    account.send('shipment.cancelled.v1', { shipmentId: 'S', cancelledOn: day('2026-03-05') });
    account.send('invoice.issued.v1', {
      invoiceId: 'I',
      orderId: 'O',
      amount: eur('40.00'),
      issuedOn: day('2026-03-10'),
      ...named,
    });
    expect(account.figure('orders')).toBe('20.00');
  }
});

test('a maximum order value with more decimals than the currency is still a maximum', () => {
  const account = TestAccount.opened('100000', 'JPY');
  account.policy = {
    ...DEFAULT_POLICY,
    rules: { ...DEFAULT_POLICY.rules, 'order.max-value': { on: true, onBlock: 'hold', maxValue: '500.50' } },
  };
  const yen = (amount: string): Result =>
    account.send('order.placed.v1', { orderId: amount, amount: { amount, currency: 'JPY' } });
  expect(yen('501')).toMatchObject({ orderStatus: 'held' });
  expect(yen('500')).toMatchObject({ orderStatus: 'approved' });
});
