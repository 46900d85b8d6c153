import { day, eur, TestAccount } from '../testing/test-account';
import type { Result } from './result';

/** What users of other systems report as bugs, as far as the other suites don't show it already. */
const invoice = (account: TestAccount, invoiceId: string, amount: string, more: object = {}): Result =>
  account.send('invoice.issued.v1', { invoiceId, amount: eur(amount), issuedOn: day('2026-01-10'), ...more });
const payment = (account: TestAccount, paymentId: string, amount: string, more: object = {}): Result =>
  account.send('payment.received.v1', { paymentId, amount: eur(amount), receivedOn: day('2026-02-01'), ...more });

test('one advance is not used twice', () => {
  const account = TestAccount.opened();
  payment(account, 'P', '100.00');
  invoice(account, 'A', '100.00');
  invoice(account, 'B', '100.00');
  const apply = (applicationId: string, invoiceId: string): Result =>
    account.send('cash.applied.v1', { applicationId, paymentId: 'P', invoiceId, amount: eur('100.00') });
  expect(apply('X', 'A')).toMatchObject({ status: 'accepted' });
  expect(apply('Y', 'B')).toMatchObject({ refusal: { code: 'cash.exceeds-open', facts: { rest: '0.00' } } });
  expect([account.open('A'), account.open('B')]).toEqual(['0.00', '100.00']);
});

test('a partial payment leaves the rest with the due date of its item', () => {
  const account = TestAccount.opened();
  invoice(account, 'A', '100.00', { dueOn: day('2026-01-20') });
  invoice(account, 'B', '100.00', { dueOn: day('2026-02-20') });
  payment(account, 'P', '130.00');
  expect([account.open('A'), account.open('B')]).toEqual(['0.00', '70.00']);
});

test('a credit note that clears the balance leaves nothing overdue', () => {
  const account = TestAccount.opened('200.00');
  invoice(account, 'A', '100.00', { dueOn: day('2026-01-20') });
  account.send('credit-note.issued.v1', {
    creditNoteId: 'N',
    invoiceId: 'A',
    amount: eur('100.00'),
    reason: 'returned',
  });
  expect(account.open('A')).toBe('0.00');
  expect(account.state.invoices.size).toBe(0);
});

test('settling one currency leaves nothing of it, and the other as it was', () => {
  const account = TestAccount.opened();
  const usd = { amount: '10.00', currency: 'USD' };
  account.send('invoice.issued.v1', { invoiceId: 'U', amount: usd });
  invoice(account, 'E', '10.00');
  account.send('payment.received.v1', { paymentId: 'P', amount: usd });
  expect([account.figure('receivables', undefined, 'USD'), account.figure('receivables')]).toEqual(['0.00', '10.00']);
  expect(account.figure('unappliedCash', undefined, 'USD')).toBe('0.00');
});

test('orders of every company count against the one limit', () => {
  const account = TestAccount.opened('100.00');
  account.send('order.placed.v1', { orderId: 'O', company: 'north', amount: eur('60.00') });
  expect(account.send('order.placed.v1', { orderId: 'O', company: 'south', amount: eur('60.00') })).toMatchObject({
    orderStatus: 'held',
  });
});

test('an order changed after its release is decided again', () => {
  const account = TestAccount.opened('10.00');
  account.send('order.placed.v1', { orderId: 'O', amount: eur('50.00') });
  account.send('order.release', { orderId: 'O', reason: 'agreed' });
  expect(account.send('order.changed.v1', { orderId: 'O', amount: eur('50.01') })).toMatchObject({
    orderStatus: 'held',
    decision: { outcome: 'held' },
  });
});

test('orders beyond any horizon count in full under a static limit', () => {
  const account = TestAccount.opened('100.00');
  account.send('order.placed.v1', { orderId: 'O1', amount: eur('80.00'), shipBy: day('2027-12-01') });
  expect(account.send('order.placed.v1', { orderId: 'O2', amount: eur('30.00') })).toMatchObject({
    orderStatus: 'held',
  });
});
