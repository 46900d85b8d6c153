import { eur, TestAccount } from '../testing/test-account';

const PLACED = { orderId: 'O', amount: eur('10.00') };

describe('a conflict names what was known before', () => {
  it('by the number of the document', () => {
    const account = TestAccount.opened();
    account.send('order.placed.v1', PLACED);
    account.send('order.cancelled.v1', { orderId: 'O' });
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('10.00') });
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00') });
    account.send('payment.reversed.v1', { paymentId: 'P', reason: 'bounced' });
    const conflicts = [
      account.send('order.placed.v1', { ...PLACED, amount: eur('11.00') }),
      account.send('order.cancelled.v1', { orderId: 'O', reason: 'another' }),
      account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('11.00') }),
      account.send('payment.reversed.v1', { paymentId: 'P', reason: 'another' }),
    ];
    expect(conflicts.map((answer) => ('refusal' in answer ? answer.refusal : answer))).toMatchObject([
      { code: 'document.conflict', field: 'orderId' },
      { code: 'document.conflict', field: 'orderId' },
      { code: 'document.conflict', field: 'invoiceId' },
      { code: 'document.conflict', field: 'paymentId' },
    ]);
  });

  it('by the id of the message where that has no number, and by the account where it opens one', () => {
    const account = TestAccount.opened();
    account.send('account.blocked.v1', { reason: 'insolvent' }, 'm');
    expect(account.send('account.blocked.v1', { reason: 'another' }, 'm')).toMatchObject({
      refusal: { code: 'document.conflict', commandField: 'id' },
    });
    expect(account.send('account.opened.v1', { name: 'Bea Ltd', currency: 'EUR' })).toMatchObject({
      refusal: { code: 'document.conflict', commandField: 'accountId' },
    });
  });

  it('and an unknown account by itself', () => {
    expect(new TestAccount().send('order.placed.v1', PLACED)).toMatchObject({
      refusal: { code: 'account.unknown', commandField: 'accountId' },
    });
  });
});
