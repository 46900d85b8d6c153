import { day, eur, TestAccount } from '../../testing/test-account';
import { evolve, evolveDocuments } from '../evolve';
import type { Result } from '../result';
import { initialState } from '../state';

const place = (account: TestAccount, amount: string): Result =>
  account.send('order.placed.v1', { orderId: 'O', amount: eur(amount) });
const change = (account: TestAccount, amount: string, on?: string, time?: string): Result => {
  const changedOn = on === undefined ? {} : { changedOn: day(on) };
  return account.send('order.changed.v1', { orderId: 'O', amount: eur(amount), ...changedOn }, undefined, time);
};
const onDays = (account: TestAccount, ...days: string[]): string[] =>
  days.map((asOf) => account.figure('orders', asOf));

describe('a change dated before its order was rejected whole', () => {
  /** 1 000 released until 03-05, and rejected on 03-06, when the account has room for 500. */
  function rejected(): TestAccount {
    const account = TestAccount.opened('10.00');
    place(account, '1000.00');
    account.send('order.release', { orderId: 'O', reason: 'agreed', expiresOn: day('2026-03-05') });
    account.businessDate = day('2026-03-06');
    account.send('credit.recheck', {});
    account.send('order.reject', { orderId: 'O', reason: 'no' });
    account.send('limit.set.v1', { amount: eur('500.00') });
    return account;
  }

  test('is decided on, and what is approved counts from the day of the rejection', () => {
    const account = rejected();
    expect(change(account, '400.00', '2026-03-03')).toMatchObject({
      decision: { outcome: 'approved', increase: eur('400.00') },
      orderStatus: 'approved',
    });
    expect(account.events.at(-1)).toMatchObject({ data: { order: { reserved: eur('400.00') } } });
    expect(onDays(account, '2026-03-05', '2026-03-06', '2026-03-07')).toEqual(['1000.00', '400.00', '400.00']);
  });

  test('counts likewise when it was only sent earlier on the same day', () => {
    const account = rejected();
    expect(change(account, '400.00', undefined, '2025-12-31T00:00:00Z')).toMatchObject({ orderStatus: 'approved' });
    expect(account.figure('orders')).toBe('400.00');
  });

  test('is held over the limit, and reserved when the limit is raised', () => {
    const account = rejected();
    expect(change(account, '600.00', undefined, '2025-12-31T00:00:00Z')).toMatchObject({ orderStatus: 'held' });
    account.send('limit.set.v1', { amount: eur('700.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { total: eur('600.00') } });
    expect(account.figure('orders')).toBe('600.00');
  });

  test('is put back in its turn by changes that follow it', () => {
    const account = rejected();
    change(account, '400.00', undefined, '2025-12-31T00:00:00Z');
    expect(change(account, '300.00', undefined, '2025-12-31T00:00:01Z')).toMatchObject({ orderStatus: 'approved' });
    expect(account.figure('orders')).toBe('300.00');
  });

  test('asks for nothing where the change that was rejected is a later one', () => {
    const account = TestAccount.opened('500.00');
    account.send('account.blocked.v1', { reason: 'late' });
    place(account, '100.00');
    change(account, '300.00', undefined, '2026-03-01T11:00:00Z');
    account.send('account.unblocked.v1', { reason: 'paid' });
    const answer = change(account, '200.00', undefined, '2026-03-01T10:00:00Z');
    expect(answer).toMatchObject({ status: 'accepted', orderStatus: 'rejected' });
    expect(answer).not.toHaveProperty('decision');
    expect(account.figure('orders')).toBe('0.00');
  });

  test('reserves what the history says it does where that was written before', () => {
    const account = rejected();
    change(account, '400.00', undefined, '2025-12-31T00:00:00Z');
    const [approved] = account.events.splice(-1);
    if (approved?.type !== 'credit.approved.v1') throw new Error('the change was not approved');
    const { authorisedLast: _, ...data } = approved.data;
    const before = account.events.reduce(evolve, initialState(account.state.accountId));
    const [order] = evolveDocuments(before, { ...approved, data }).orders.values();
    expect(order?.reserved.at(-1)).toMatchObject({ minor: 0n });
  });
});

describe('a change dated before a release let its order through', () => {
  /** Held on 03-01, released on 03-05 at 100. */
  function released(limit = '10.00'): TestAccount {
    const account = TestAccount.opened('10.00');
    place(account, '100.00');
    account.businessDate = day('2026-03-05');
    account.send('order.release', { orderId: 'O', reason: 'agreed' });
    account.send('limit.set.v1', { amount: eur(limit) });
    return account;
  }

  test('is decided on when it asks for more', () => {
    const account = released();
    expect(change(account, '200.00', '2026-03-03')).toMatchObject({ decision: { outcome: 'held' } });
    expect(account.figure('orders')).toBe('100.00');
  });

  test('is reserved from the day of the release when more is approved', () => {
    const account = released('500.00');
    expect(change(account, '200.00', '2026-03-03')).toMatchObject({ decision: { increase: eur('100.00') } });
    expect(onDays(account, '2026-03-03', '2026-03-04', '2026-03-05')).toEqual(['0.00', '0.00', '200.00']);
  });

  test('lowers what was released when it asks for less', () => {
    const account = released();
    expect(change(account, '60.00', '2026-03-03')).toMatchObject({ orderStatus: 'approved' });
    expect(onDays(account, '2026-03-04', '2026-03-05')).toEqual(['0.00', '60.00']);
  });
});

test('an increase that waits is settled by a decrease that comes into force meanwhile', () => {
  const account = TestAccount.opened('100.00');
  place(account, '100.00');
  change(account, '10.00', '2026-03-17');
  expect(change(account, '300.00', '2026-03-12')).toMatchObject({ orderStatus: 'held' });
  account.businessDate = day('2026-03-17');
  account.send('credit.recheck', {});
  expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { total: eur('10.00') } });
});
