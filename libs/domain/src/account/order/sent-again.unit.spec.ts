import { eur, TestAccount } from '../../testing/test-account';
import type { Result } from '../result';

const place = (account: TestAccount, orderId: string, amount: string, more: object = {}): Result =>
  account.send('order.placed.v1', { orderId, amount: eur(amount), ...more });
const change = (account: TestAccount, amount: string, id?: string): Result =>
  account.send('order.changed.v1', { orderId: 'O', amount: eur(amount) }, id);

test('a change repeated answers its own first decision', () => {
  const account = TestAccount.opened('100.00');
  place(account, 'O', '80.00');
  change(account, '120.00', 'c1');
  expect(change(account, '120.00', 'c1')).toMatchObject({
    status: 'duplicate',
    firstRevision: 4,
    decisionRevision: 5,
  });
});

test('a cancelled shipment repeated answers how its order stands by then, also once that is done', () => {
  const account = TestAccount.opened('100.00');
  place(account, 'O', '80.00');
  account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: eur('30.00') });
  const cancel = (): Result => account.send('shipment.cancelled.v1', { shipmentId: 'S' }, 'c1');
  expect(cancel()).toMatchObject({ status: 'accepted', orderStatus: 'approved' });
  expect(cancel()).toMatchObject({ status: 'duplicate', orderStatus: 'approved' });
  account.send('order.closed.v1', { orderId: 'O' });
  expect(account.state.orders.size).toBe(0);
  expect(cancel()).toMatchObject({ status: 'duplicate', orderStatus: 'closed' });
});

describe('sent again without an id', () => {
  test('a change is a duplicate with its decision, until another one comes', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '80.00');
    const to = (amount: string): Result =>
      account.sendKeyless('order.changed.v1', { orderId: 'O', amount: eur(amount) });
    expect(to('120.00')).toMatchObject({ status: 'accepted', decision: { outcome: 'held' } });
    expect(to('120.00')).toMatchObject({
      status: 'duplicate',
      firstRevision: 4,
      decisionRevision: 5,
      orderStatus: 'held',
    });
    to('70.00');
    expect(to('120.00')).toMatchObject({ status: 'accepted' });
  });

  test('a release is a duplicate, until the order is held anew', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '80.00');
    const release = (): Result => account.sendKeyless('order.release', { orderId: 'O', reason: 'agreed' });
    expect(release()).toMatchObject({ status: 'accepted', orderStatus: 'approved' });
    expect(release()).toMatchObject({ status: 'duplicate', orderStatus: 'approved' });
    change(account, '90.00');
    expect(release()).toMatchObject({ status: 'accepted' });
  });

  test('a release is a duplicate also once the order is done', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '80.00');
    const release = (reason = 'agreed'): Result => account.sendKeyless('order.release', { orderId: 'O', reason });
    const first = release();
    account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O', amount: eur('80.00') });
    expect(account.state.orders.size).toBe(0);
    expect([first, release()]).toMatchObject([
      { status: 'accepted' },
      { status: 'duplicate', firstRevision: 4, decisionRevision: 4, orderStatus: 'invoiced' },
    ]);
    expect(release('again')).toMatchObject({ status: 'refused', refusal: { code: 'order.not-held' } });
  });

  test('a rejection is a duplicate, until the order is held anew', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '80.00');
    const reject = (reason = 'no'): Result => account.sendKeyless('order.reject', { orderId: 'O', reason });
    expect(reject()).toMatchObject({ status: 'accepted', orderStatus: 'rejected' });
    expect(account.state.orders.size).toBe(0);
    const again = { status: 'duplicate', firstRevision: 4, decisionRevision: 4, orderStatus: 'rejected' };
    expect(reject()).toMatchObject(again);
    expect(reject('never')).toMatchObject({ status: 'refused', refusal: { code: 'order.not-held' } });
    change(account, '90.00');
    expect(reject()).toMatchObject({ status: 'accepted', orderStatus: 'rejected' });
  });

  test('the rejection of an increase is a duplicate as well, and the change that it rejected stays one', () => {
    const account = TestAccount.opened('100.00');
    place(account, 'O', '80.00');
    const increase = (): Result => account.sendKeyless('order.changed.v1', { orderId: 'O', amount: eur('120.00') });
    const reject = (): Result => account.sendKeyless('order.reject', { orderId: 'O', reason: 'no' });
    increase();
    reject();
    expect([reject(), increase()]).toMatchObject([
      { status: 'duplicate', firstRevision: 6, orderStatus: 'approved' },
      { status: 'duplicate', firstRevision: 4, decisionRevision: 5, orderStatus: 'approved' },
    ]);
    change(account, '130.00');
    expect(reject()).toMatchObject({ status: 'accepted', orderStatus: 'approved' });
  });

  test('a rejection under another id is refused, as nothing is held any more', () => {
    const account = TestAccount.opened('10.00');
    place(account, 'O', '80.00');
    const reject = (): Result => account.send('order.reject', { orderId: 'O', reason: 'no' });
    reject();
    expect(reject()).toMatchObject({ status: 'refused', refusal: { code: 'order.not-held' } });
  });
});
