import { day, eur, TestAccount } from '../../testing/test-account';

const invoice = (
  account: TestAccount,
  invoiceId: string,
  amount: string,
  issuedOn: string,
  more: object = {},
): void => {
  account.send('invoice.issued.v1', { invoiceId, amount: eur(amount), issuedOn: day(issuedOn), ...more });
};
const payment = (
  account: TestAccount,
  paymentId: string,
  amount: string,
  receivedOn: string,
  more: object = {},
): void => {
  account.send('payment.received.v1', { paymentId, amount: eur(amount), receivedOn: day(receivedOn), ...more });
};

let account: TestAccount;
beforeEach(() => {
  account = TestAccount.opened();
  account.businessDate = day('2026-12-31');
});

describe('as of a day', () => {
  test('invoice 10 000, payments 1 500 + 1 000 + 2 000: 5 500 open [odoo#16235]', () => {
    invoice(account, 'I', '10000.00', '2017-02-01', { dueOn: day('2017-02-28') });
    for (const [id, amount] of [
      ['P1', '1500.00'],
      ['P2', '1000.00'],
      ['P3', '2000.00'],
    ] as const) {
      payment(account, id, amount, '2017-03-15', { remittance: [{ invoiceId: 'I' }] });
    }
    expect(account.open('I', 0, '2017-04-04')).toBe('5500.00');
  });

  test('an invoice paid later is open in between [OCA#707]', () => {
    invoice(account, 'I', '100.00', '2020-04-30');
    payment(account, 'P', '100.00', '2020-06-30');
    expect(account.open('I', 0, '2020-05-31')).toBe('100.00');
    expect(account.open('I', 0, '2020-06-30')).toBe('0.00');
  });

  test('a write-off leaves nothing open from its day [erpnext#8058]', () => {
    invoice(account, 'I', '100.00', '2026-01-01');
    payment(account, 'P', '99.50', '2026-01-10');
    account.send('invoice.written-off.v1', {
      writeOffId: 'W',
      invoiceId: 'I',
      reason: 'small',
      writtenOffOn: day('2026-01-20'),
    });
    expect([account.open('I', 0, '2026-01-19'), account.open('I', 0, '2026-01-20')]).toEqual(['0.50', '0.00']);
  });

  test('a post-dated payment does not close the invoice early', () => {
    invoice(account, 'I', '100.00', '2026-01-01');
    payment(account, 'P', '100.00', '2026-02-01');
    expect([account.open('I', 0, '2026-01-31'), account.open('I', 0, '2026-02-01')]).toEqual(['100.00', '0.00']);
  });
});

test('a schedule 30/50/20 with a payment of 40 leaves 0/40/20', () => {
  const instalments = [
    ['30.00', '2026-02-01'],
    ['50.00', '2026-03-01'],
    ['20.00', '2026-04-01'],
  ].map(([amount, dueOn], index) => ({
    number: index + 1,
    dueOn: day(dueOn ?? ''),
    amount: eur(amount ?? ''),
  }));
  invoice(account, 'I', '100.00', '2026-01-01', { instalments });
  payment(account, 'P', '40.00', '2026-01-15');
  expect([1, 2, 3].map((item) => account.open('I', item))).toEqual(['0.00', '40.00', '20.00']);
});

test('an invoice with 40 paid and a credit note of 100 not applied is 60 and −100, not clipped [erpnext]', () => {
  invoice(account, 'I', '100.00', '2026-01-01');
  payment(account, 'P', '40.00', '2026-01-02');
  account.send('credit-note.issued.v1', { creditNoteId: 'N', amount: eur('100.00'), reason: 'returned' });
  expect([account.open('I'), account.open('N')]).toEqual(['60.00', '100.00']);
});

test('without a remittance the oldest due item is settled first, by number on one day', () => {
  invoice(account, 'B', '250.00', '2026-01-02', { dueOn: day('2026-02-01') });
  invoice(account, 'A', '100.00', '2026-01-01', { dueOn: day('2026-02-01') });
  invoice(account, 'C', '500.00', '2026-01-01', { dueOn: day('2026-03-01') });
  payment(account, 'P', '700.00', '2026-01-20');
  expect(['A', 'B', 'C'].map((id) => account.open(id))).toEqual(['0.00', '0.00', '150.00']);
});

test('a remittance settles the invoices named only, each up to what is named, rests and is open', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  invoice(account, 'B', '100.00', '2026-01-02');
  invoice(account, 'C', '100.00', '2026-01-03');
  payment(account, 'P', '150.00', '2026-01-20', {
    remittance: [{ invoiceId: 'C', amount: eur('30.00') }, { invoiceId: 'B' }],
  });
  expect(['A', 'B', 'C'].map((id) => account.open(id))).toEqual(['100.00', '0.00', '70.00']);
  expect(account.figure('unappliedCash')).toBe('20.00');
});

test('a remittance line waits for its invoice and then takes what rests', () => {
  payment(account, 'P', '60.00', '2026-01-20', { remittance: [{ invoiceId: 'A' }] });
  expect(account.figure('unappliedCash')).toBe('60.00');
  invoice(account, 'A', '100.00', '2026-01-25');
  expect([account.open('A'), account.figure('unappliedCash')]).toEqual(['40.00', '0.00']);
  expect(account.figure('unappliedCash', '2026-01-24')).toBe('60.00');
});

test('invoices that arrive after a payment without remittance do not draw on it', () => {
  payment(account, 'P', '60.00', '2026-01-20');
  invoice(account, 'A', '100.00', '2026-01-25');
  expect(account.open('A')).toBe('100.00');
});

test('a credit note that names an invoice is applied to it at once, up to what is open', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  payment(account, 'P', '70.00', '2026-01-02');
  account.send('credit-note.issued.v1', {
    creditNoteId: 'N',
    invoiceId: 'A',
    amount: eur('50.00'),
    issuedOn: day('2026-01-03'),
    reason: 'damaged',
  });
  expect([account.open('A'), account.open('N')]).toEqual(['0.00', '20.00']);
});

test('a reversal restores exactly the items that the payment had settled', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  invoice(account, 'B', '100.00', '2026-01-02');
  payment(account, 'P', '150.00', '2026-01-10');
  payment(account, 'Q', '20.00', '2026-01-11');
  account.send('payment.reversed.v1', { paymentId: 'P', reversedOn: day('2026-01-20'), reason: 'bounced' });
  expect(['A', 'B', 'P', 'Q'].map((id) => account.open(id))).toEqual(['100.00', '80.00', '0.00', '0.00']);
  expect(account.open('A', 0, '2026-01-19')).toBe('0.00');
});

test('undoing one application leaves the others [odoo#23766], and a credit note can be used again [erpnext#59014]', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  invoice(account, 'B', '100.00', '2026-01-02');
  account.send('credit-note.issued.v1', {
    creditNoteId: 'N',
    amount: eur('100.00'),
    issuedOn: day('2026-01-03'),
    reason: 'returned',
  });
  const apply = (applicationId: string, invoiceId: string, amount: string): unknown =>
    account.send('cash.applied.v1', {
      applicationId,
      creditNoteId: 'N',
      invoiceId,
      amount: eur(amount),
      appliedOn: day('2026-01-05'),
    });
  apply('X', 'A', '60.00');
  apply('Y', 'B', '40.00');
  account.send('cash.unapplied.v1', { applicationId: 'X', unappliedOn: day('2026-01-10') });
  expect(['A', 'B', 'N'].map((id) => account.open(id))).toEqual(['100.00', '60.00', '60.00']);
  apply('Z', 'B', '60.00');
  expect(['B', 'N'].map((id) => account.open(id))).toEqual(['0.00', '0.00']);
  // X had stood until the 10th, so Z, though dated the 5th, counts from then.
  expect(account.open('B', 0, '2026-01-09')).toBe('60.00');
});

test('never applies more than rests or is open', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  payment(account, 'P', '150.00', '2026-01-02', { remittance: [] });
  const answer = account.send('cash.applied.v1', {
    applicationId: 'X',
    paymentId: 'P',
    invoiceId: 'A',
    amount: eur('100.01'),
    appliedOn: day('2026-01-03'),
  });
  expect(answer).toMatchObject({ refusal: { code: 'cash.exceeds-open', facts: { rest: '150.00', open: '100.00' } } });
});

test('a refund takes unapplied cash first, then the latest application in part, and never more than was paid', () => {
  invoice(account, 'A', '100.00', '2026-01-01');
  invoice(account, 'B', '30.00', '2026-01-02');
  payment(account, 'P', '150.00', '2026-01-10');
  account.send('payment.refunded.v1', {
    refundId: 'R',
    paymentId: 'P',
    amount: eur('60.00'),
    refundedOn: day('2026-01-20'),
  });
  expect(['A', 'B'].map((id) => account.open(id))).toEqual(['10.00', '30.00']);
  expect(account.figure('unappliedCash')).toBe('0.00');
  expect(account.send('payment.refunded.v1', { refundId: 'R2', paymentId: 'P', amount: eur('90.01') })).toMatchObject({
    refusal: { code: 'refund.exceeds-payment', facts: { refundable: '90.00' } },
  });
});

test('cash across currencies is refused', () => {
  account.send('invoice.issued.v1', { invoiceId: 'U', amount: { amount: '10.00', currency: 'USD' } });
  payment(account, 'P', '10.00', '2026-01-02');
  expect(account.open('U')).toBe('10.00');
  expect(
    account.send('cash.applied.v1', { applicationId: 'X', paymentId: 'P', invoiceId: 'U', amount: eur('5.00') }),
  ).toMatchObject({ refusal: { code: 'cash.currency' } });
});

test('one company cannot spend the cash of another by itself', () => {
  invoice(account, 'A', '100.00', '2026-01-01', { company: 'north' });
  payment(account, 'P', '100.00', '2026-01-02', { company: 'south' });
  expect(account.open('A')).toBe('100.00');
  account.send('cash.applied.v1', {
    applicationId: 'X',
    company: 'south',
    paymentId: 'P',
    invoiceId: 'A',
    invoiceCompany: 'north',
    amount: eur('100.00'),
  });
  expect(account.open('A')).toBe('0.00');
});

test('due dates come from the invoice, its terms, the account, or the day of issue', () => {
  account.send('account.changed.v1', { terms: 'NET30' as never });
  invoice(account, 'A', '1.00', '2026-01-31');
  invoice(account, 'B', '1.00', '2026-01-15', { terms: 'EOM+10' });
  invoice(account, 'C', '1.00', '2026-01-15', { dueOn: day('2026-01-20') });
  const due = account.events.flatMap((event) =>
    event.type === 'invoice.issued.v1' ? event.data.items.map((item) => item.dueOn) : [],
  );
  expect(due).toEqual(['2026-03-02', '2026-02-10', '2026-01-20']);
});

test('a dispute before its invoice waits, and its resolution waits for it', () => {
  account.send('dispute.resolved.v1', { disputeId: 'D', outcome: 'invalid', resolvedOn: day('2026-02-01') });
  account.send('dispute.opened.v1', { disputeId: 'D', invoiceId: 'A', reason: 'short', openedOn: day('2026-01-15') });
  expect(account.state.waiting.size).toBe(2);
  invoice(account, 'A', '100.00', '2026-01-10');
  expect(account.state.waiting.size).toBe(0);
  expect(account.types().slice(-2)).toEqual(['dispute.opened.v1', 'dispute.resolved.v1']);
});

test('what waited and finds nothing open is recorded as lapsed', () => {
  account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00'), remittance: [{ invoiceId: 'A' }] });
  account.send('payment.reversed.v1', { paymentId: 'P', reason: 'bounced' });
  invoice(account, 'A', '100.00', '2026-01-10');
  expect(account.events.at(-1)).toMatchObject({ type: 'message.lapsed.v1', data: { line: 0, code: 'nothing-open' } });
  expect(account.open('A')).toBe('100.00');
});

test('an unknown account is refused and nothing is written', () => {
  const unknown = new TestAccount();
  expect(unknown.send('order.placed.v1', { orderId: 'O', amount: eur('1.00') })).toMatchObject({
    refusal: { code: 'account.unknown' },
  });
  expect(unknown.events).toEqual([]);
});

test('the currency of an account is fixed by its first document', () => {
  account.send('account.changed.v1', { currency: 'USD' });
  expect(account.state.profile?.currency).toBe('USD');
  account.send('invoice.issued.v1', { invoiceId: 'A', amount: eur('1.00') });
  expect(account.send('account.changed.v1', { currency: 'EUR' })).toMatchObject({
    refusal: { code: 'account.currency-fixed' },
  });
});

test('a reversal counts from its date for what stood then, whatever was freed later', () => {
  invoice(account, 'A', '60.00', '2026-03-01');
  invoice(account, 'B', '40.00', '2026-03-01');
  payment(account, 'P', '100.00', '2026-03-02', {
    remittance: [
      { invoiceId: 'A', amount: eur('60.00') },
      { invoiceId: 'B', amount: eur('40.00') },
    ],
  });
  account.send('cash.unapplied.v1', { applicationId: 'P~1', unappliedOn: day('2026-03-20') });
  account.send('payment.reversed.v1', { paymentId: 'P', reversedOn: day('2026-03-10'), reason: 'bounced' });
  expect([account.open('B', 0, '2026-03-09'), account.open('B', 0, '2026-03-10')]).toEqual(['0.00', '40.00']);
  expect(['2026-03-12', '2026-03-20'].map((asOf) => account.figure('unappliedCash', asOf))).toEqual(['0.00', '0.00']);
});

test('sums may be longer than what one document may say', () => {
  account.send('order.placed.v1', { orderId: 'O', amount: eur('1.00') });
  for (const shipmentId of ['S1', 'S2']) {
    account.send('order.shipped.v1', { shipmentId, orderId: 'O', amount: eur('999999999999999999.99') });
  }
  account.send('order.closed.v1', { orderId: 'O' });
  expect(account.state.totals.get('EUR' as never)?.deliveries).toBe(0n);
});

describe('an application that got its id by itself', () => {
  const idAfter = (paymentId: string): string => {
    account.send('invoice.issued.v1', { invoiceId: `I${account.events.length}`, amount: eur('10.00') });
    account.send('payment.received.v1', { paymentId, amount: eur('10.00') });
    const applied = account.events.at(-1);
    if (applied?.type !== 'cash.applied.v1') throw new Error('the payment was not applied');
    return applied.data.applicationId;
  };

  test.each([
    ['P', 'P~1'],
    ['x'.repeat(126), `${'x'.repeat(126)}~1`],
    ['x'.repeat(127), `${'x'.repeat(126)}~1`],
    ['x'.repeat(128), `${'x'.repeat(126)}~1`],
    [`${'x'.repeat(125)}😀😀😀`, `${'x'.repeat(125)}😀~1`],
    ['😀'.repeat(126), `${'😀'.repeat(126)}~1`],
    ['😀'.repeat(128), `${'😀'.repeat(126)}~1`],
  ])('is named after its payment, in no more than 128 characters: %#', (paymentId, applicationId) => {
    expect(idAfter(paymentId)).toBe(applicationId);
    expect(account.send('cash.unapplied.v1', { applicationId })).toMatchObject({ status: 'accepted' });
  });

  test('has an id of its own also beside a payment that begins with the same 127 characters', () => {
    const ids = ['a', 'b', 'c'].map((last) => idAfter(`${'x'.repeat(127)}${last}`));
    expect(ids).toEqual(['~1', '~2', '~3'].map((n) => `${'x'.repeat(126)}${n}`));
  });

  test('leaves more room for its number from the tenth on', () => {
    const ids = Array.from({ length: 10 }, (_, n) => idAfter(`${'x'.repeat(127)}${n}`));
    expect(ids.at(-1)).toBe(`${'x'.repeat(125)}~10`);
  });
});
