import { day, eur, TestAccount } from '../../testing/test-account';
import { evolve } from '../evolve';
import type { Result } from '../result';
import { initialState } from '../state';

const place = (account: TestAccount, orderId: string, amount: string, more: object = {}): Result =>
  account.send('order.placed.v1', { orderId, amount: eur(amount), ...more });
const change = (account: TestAccount, amount: string, more: object = {}, id?: string, time?: string): Result =>
  account.send('order.changed.v1', { orderId: 'O', amount: eur(amount), ...more }, id, time);

/** 1 000 released by hand at a limit of 10, until a day that passes. */
function released(amount = '1000.00'): TestAccount {
  const account = TestAccount.opened('10.00');
  place(account, 'O', amount);
  account.send('order.release', { orderId: 'O', reason: 'agreed', expiresOn: day('2026-03-05') });
  return account;
}

function expired(): TestAccount {
  const account = released();
  account.businessDate = day('2026-03-06');
  account.send('credit.recheck', {});
  return account;
}

describe('a release that ended', () => {
  test('is decided on again when its terms change', () => {
    const account = released();
    const answer = account.send('order.changed.v1', { orderId: 'O', terms: 'NET90' as never });
    expect(answer).toMatchObject({ orderStatus: 'held', decision: { outcome: 'held' } });
  });

  test('is not renewed by a change to the same amount', () => {
    const account = expired();
    expect(change(account, '1000.00')).toMatchObject({ orderStatus: 'held', decision: { outcome: 'held' } });
  });

  test('lets a decrease take effect at once and stays in question', () => {
    const account = expired();
    expect(change(account, '500.00')).toMatchObject({ orderStatus: 'held' });
    expect(account.figure('orders')).toBe('500.00');
  });

  test('takes what it reserved with it when the order is rejected', () => {
    const account = expired();
    expect(account.send('order.reject', { orderId: 'O', reason: 'no' })).toMatchObject({ orderStatus: 'rejected' });
    expect([account.figure('orders', '2026-03-05'), account.figure('orders')]).toEqual(['1000.00', '0.00']);
  });

  test('is rejected whole when a rule rejects it', () => {
    const account = released();
    account.send('account.blocked.v1', { reason: 'insolvent' });
    const answer = account.send('order.changed.v1', { orderId: 'O', terms: 'NET90' as never });
    expect(answer).toMatchObject({ orderStatus: 'rejected' });
    expect(account.figure('orders')).toBe('0.00');
  });

  test('flags what ships meanwhile', () => {
    const account = expired();
    account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: eur('1000.00') });
    expect(account.events.at(-1)?.data.flags).toEqual(['order.not-released']);
  });

  test('ends also while an increase of it is held, and after that was rejected', () => {
    const account = released('100.00');
    change(account, '200.00');
    account.send('order.reject', { orderId: 'O', reason: 'no more' });
    account.businessDate = day('2026-03-20');
    account.send('credit.recheck', {});
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.held.v1', data: { trigger: 'expired' } });
  });

  test('is decided on at what is reserved, not at an increase that was rejected', () => {
    const account = released('100.00');
    account.send('account.blocked.v1', { reason: 'late' });
    change(account, '200.00');
    account.send('account.unblocked.v1', { reason: 'paid' });
    account.send('limit.set.v1', { amount: eur('500.00') });
    account.businessDate = day('2026-03-06');
    account.send('credit.recheck', {});
    expect(account.figure('orders')).toBe('100.00');
  });

  test('cannot be given for a day that is over', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '20.00');
    expect(account.send('order.release', { orderId: 'O', reason: 'late', expiresOn: day('2026-02-28') })).toMatchObject(
      { refusal: { code: 'release.expired' } },
    );
  });
});

describe('an order that is rejected whole', () => {
  /** 1 000 reserved at once and 1 200 from 03-20 on, all of it in question since 03-06. */
  function growing(): TestAccount {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '1000.00');
    const release = { orderId: 'O', reason: 'agreed', amount: eur('1500.00'), expiresOn: day('2026-03-05') };
    account.send('order.release', release);
    change(account, '1200.00', { changedOn: day('2026-03-20') });
    account.businessDate = day('2026-03-06');
    return account;
  }

  const figures = (account: TestAccount): string[] =>
    ['2026-03-05', '2026-03-06', '2026-03-20'].map((asOf) => account.figure('orders', asOf));

  test('has nothing reserved from that day on, not even what was to count later', () => {
    const account = growing();
    account.send('credit.recheck', {});
    expect(figures(account)).toEqual(['1000.00', '1000.00', '1200.00']);
    expect(account.send('order.reject', { orderId: 'O', reason: 'no' })).toMatchObject({ orderStatus: 'rejected' });
    expect(figures(account)).toEqual(['1000.00', '0.00', '0.00']);
    expect(account.events.at(-1)).toMatchObject({ data: { order: { reserved: eur('0.00') } } });
  });

  test('has nothing reserved either when a rule rejects it', () => {
    const account = growing();
    account.send('account.blocked.v1', { reason: 'insolvent' });
    account.send('order.changed.v1', { orderId: 'O', terms: 'NET90' as never });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.rejected.v1' });
    expect(figures(account)).toEqual(['1000.00', '0.00', '0.00']);
  });

  test('has nothing reserved either when its last change was sent by a clock that is ahead', () => {
    const account = released();
    account.send('account.blocked.v1', { reason: 'insolvent' });
    change(account, '900.00', {}, undefined, '2026-03-01T23:00:00Z');
    account.send('order.changed.v1', { orderId: 'O', terms: 'NET90' as never });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.rejected.v1' });
    expect(account.figure('orders')).toBe('0.00');
  });

  test('keeps what is to count later where the history says no more than from when it was withdrawn', () => {
    const account = growing();
    account.send('credit.recheck', {});
    account.send('order.reject', { orderId: 'O', reason: 'no' });
    const [rejected] = account.events.splice(-1);
    if (rejected?.type !== 'credit.rejected.v1') throw new Error('the order was not rejected');
    const { withdrawsLater: _, ...data } = rejected.data;
    const before = account.events.reduce(evolve, initialState(account.state.accountId));
    const [order] = evolve(before, { ...rejected, data }).orders.values();
    expect(order?.reserved.at(-1)).toMatchObject({ minor: 120000n, on: '2026-03-20' });
  });
});

describe('an increase beside a release that ended', () => {
  /** 1 000 released until 03-05, and an increase to 2 000 that is held. */
  function increased(): TestAccount {
    const account = released();
    change(account, '2000.00');
    return account;
  }

  function recheckOn(account: TestAccount, date: string): void {
    account.businessDate = day(date);
    account.send('credit.recheck', {});
  }

  test('is not asked for again once a person had rejected it', () => {
    const account = released('100.00');
    change(account, '200.00');
    account.send('order.reject', { orderId: 'O', reason: 'no more' });
    recheckOn(account, '2026-03-20');
    account.send('limit.set.v1', { amount: eur('1000.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { total: eur('100.00') } });
    expect(account.figure('orders')).toBe('100.00');
  });

  test('need not be covered by a new release once a person had rejected it', () => {
    const account = released('100.00');
    change(account, '200.00');
    account.send('order.reject', { orderId: 'O', reason: 'no more' });
    recheckOn(account, '2026-03-20');
    expect(account.send('order.release', { orderId: 'O', reason: 'still', amount: eur('100.00') })).toMatchObject({
      status: 'accepted',
      orderStatus: 'approved',
    });
    expect(account.figure('orders')).toBe('100.00');
  });

  test('is not asked for again where what is reserved counts from another day than it was asked for', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '100.00');
    account.businessDate = day('2026-03-03');
    account.send('order.release', { orderId: 'O', reason: 'agreed', expiresOn: day('2026-03-05') });
    change(account, '200.00');
    account.send('order.reject', { orderId: 'O', reason: 'no more' });
    recheckOn(account, '2026-03-20');
    account.send('limit.set.v1', { amount: eur('1000.00') });
    expect(account.figure('orders')).toBe('100.00');
  });

  test('stays held when what was released passes now', () => {
    const account = increased();
    account.send('limit.set.v1', { amount: eur('1500.00') });
    recheckOn(account, '2026-03-06');
    expect(account.events.at(-1)).toMatchObject({
      type: 'credit.approved.v1',
      data: { trigger: 'expired', total: eur('1000.00'), order: { status: 'held', reserved: eur('1000.00') } },
    });
    account.send('limit.set.v1', { amount: eur('5000.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { total: eur('2000.00') } });
    expect(account.figure('orders')).toBe('2000.00');
  });

  test('keeps its turn among the held orders when what was released passes now', () => {
    const account = increased();
    place(account, 'O2', '1000.00');
    account.send('limit.set.v1', { amount: eur('1500.00') });
    recheckOn(account, '2026-03-06');
    account.send('limit.set.v1', { amount: eur('2000.00') });
    expect(account.events.at(-1)).toMatchObject({ type: 'credit.released.v1', data: { orderId: 'O' } });
  });

  test('is held with the whole order when what was released does not pass', () => {
    const account = increased();
    recheckOn(account, '2026-03-06');
    expect(account.events.at(-1)).toMatchObject({
      type: 'credit.held.v1',
      data: { trigger: 'expired', question: 'whole', total: eur('2000.00') },
    });
    account.send('limit.set.v1', { amount: eur('5000.00') });
    expect(account.figure('orders')).toBe('2000.00');
  });

  test('is let go as it was where the history says that the whole order was approved', () => {
    const account = increased();
    account.send('limit.set.v1', { amount: eur('1500.00') });
    recheckOn(account, '2026-03-06');
    const [approved] = account.events.splice(-1);
    if (approved?.type !== 'credit.approved.v1') throw new Error('the release did not end in an approval');
    const { increaseStaysHeld: _, ...data } = approved.data;
    const before = account.events.reduce(evolve, initialState(account.state.accountId));
    expect(evolve(before, { ...approved, data }).held.size).toBe(0);
  });
});
