import { DEFAULT_POLICY } from '../../policy/policy';
import { day, eur, TestAccount } from '../../testing/test-account';
import { MAX_WAITING } from './waiting';

let account: TestAccount;
beforeEach(() => {
  account = TestAccount.opened('1000.00');
  account.businessDate = day('2026-04-01');
});

test('what waits for something that lapses lapses with it', () => {
  account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00'), remittance: [] });
  account.send('cash.applied.v1', { applicationId: 'X', paymentId: 'P', invoiceId: 'I', amount: eur('10.00') });
  account.send('cash.unapplied.v1', { applicationId: 'X' });
  account.send('payment.refunded.v1', { refundId: 'R', paymentId: 'P', amount: eur('10.00') });
  account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('10.00') });
  expect(account.state.waiting.size).toBe(0);
  expect(account.types().slice(-2)).toEqual(['message.lapsed.v1', 'message.lapsed.v1']);
});

test('the number of what lapsed may be used again', () => {
  account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: { amount: '5.00', currency: 'USD' } });
  account.send('order.placed.v1', { orderId: 'O', amount: eur('10.00') });
  expect(account.types()).toContain('message.lapsed.v1');
  const corrected = account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: eur('5.00') });
  expect(corrected).toMatchObject({ status: 'accepted' });
  expect(account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O', amount: eur('5.00') })).toMatchObject({
    status: 'duplicate',
  });
  expect(account.figure('deliveries')).toBe('5.00');
});

test('refunds that waited take what is left, one after the other', () => {
  for (const refundId of ['R1', 'R2'])
    account.send('payment.refunded.v1', { refundId, paymentId: 'P', amount: eur('60.00') });
  account.send('payment.received.v1', { paymentId: 'P', amount: eur('100.00') });
  expect(account.figure('unappliedCash')).toBe('0.00');
});

test('a message without a date is of the day on which it came', () => {
  account.businessDate = day('2026-03-01');
  account.send('payment.reversed.v1', { paymentId: 'P', reason: 'bounced' });
  account.businessDate = day('2026-03-10');
  account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00'), receivedOn: day('2026-02-20') });
  expect(account.events.at(-1)).toMatchObject({ type: 'payment.reversed.v1', data: { reversedOn: '2026-03-01' } });
});

test('an invoice that names a shipment of another order is told so when the shipment comes', () => {
  account.send('order.placed.v1', { orderId: 'O1', amount: eur('10.00') });
  account.send('order.placed.v1', { orderId: 'O2', amount: eur('10.00') });
  account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O1', shipmentId: 'S', amount: eur('5.00') });
  account.send('order.shipped.v1', { shipmentId: 'S', orderId: 'O2', amount: eur('5.00') });
  expect(account.state.waiting.size).toBe(0);
  expect(account.events.at(-1)).toMatchObject({ type: 'message.lapsed.v1', data: { code: 'shipment.not-of-order' } });
});

test(`at most ${MAX_WAITING} messages and links wait, and what is one too many is refused whole`, () => {
  for (let n = 0; n < 10; n++) {
    const remittance = Array.from({ length: 1000 }, (_, line) => ({ invoiceId: `I${n}.${line}` }));
    account.send('payment.received.v1', { paymentId: `P${n}`, amount: eur('10.00'), remittance });
  }
  expect(account.state.waiting.size).toBe(MAX_WAITING);
  const recorded = account.events.length;
  const link = account.send('payment.received.v1', {
    paymentId: 'P',
    amount: eur('1.00'),
    remittance: [{ invoiceId: 'I' }],
  });
  const message = account.send('order.cancelled.v1', { orderId: 'unseen' });
  for (const answer of [link, message]) {
    expect(answer).toMatchObject({ refusal: { code: 'waiting.full', commandField: 'accountId' } });
  }
  expect(account.events).toHaveLength(recorded);
});

test('a refusal does not depend on whether the invoice is paid', () => {
  account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('10.00') });
  const wrong = (creditNoteId: string): unknown =>
    account.send('credit-note.issued.v1', {
      creditNoteId,
      invoiceId: 'I',
      amount: { amount: '5.00', currency: 'USD' },
      reason: 'returned',
    });
  expect(wrong('N1')).toMatchObject({ refusal: { code: 'cash.currency' } });
  account.send('payment.received.v1', { paymentId: 'P', amount: eur('10.00') });
  expect(account.state.invoices.size).toBe(0);
  expect(wrong('N2')).toMatchObject({ refusal: { code: 'cash.currency' } });
});

test('an invoice sent again still says what it waits for', () => {
  const invoice = (): unknown =>
    account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O', amount: eur('5.00') });
  const waitingFor = [{ kind: 'order', company: '', number: 'O' }];
  expect(invoice()).toMatchObject({ status: 'accepted', waitingFor });
  expect(invoice()).toMatchObject({ status: 'duplicate', waitingFor });
});

describe('an order whose invoice came first', () => {
  const place = (amount: string): unknown => account.send('order.placed.v1', { orderId: 'O', amount: eur(amount) });
  const invoice = (amount: string, more: object = {}): unknown =>
    account.send('invoice.issued.v1', { invoiceId: 'I', orderId: 'O', amount: eur(amount), ...more });

  test('is decided on with its value counted once', () => {
    invoice('600.00');
    expect(place('1000.00')).toMatchObject({
      orderStatus: 'approved',
      decision: { outcome: 'approved', exposureBefore: eur('600.00'), increase: eur('400.00') },
    });
    expect([account.figure('orders'), account.figure('receivables')]).toEqual(['400.00', '600.00']);
    expect(account.events.flatMap(({ data }) => data.flags ?? [])).toEqual([]);
  });

  test('is not rejected for what an invoice of its own takes up', () => {
    const rules = { ...DEFAULT_POLICY.rules, 'limit.static': { on: true, onBlock: 'reject' } } as const;
    account.policy = { ...DEFAULT_POLICY, rules };
    invoice('600.00');
    expect(place('1000.00')).toMatchObject({ orderStatus: 'approved', decision: { outcome: 'approved' } });
  });

  test('is observed with its value counted once', () => {
    account.enforcement = 'observe';
    invoice('600.00');
    expect(place('1000.00')).toMatchObject({ decision: { outcome: 'approved' } });
  });

  test('is held for what does not fit beside the invoice, which is flagged then', () => {
    invoice('600.00');
    expect(place('1000.01')).toMatchObject({
      orderStatus: 'held',
      decision: { outcome: 'held', reasons: [{ rule: 'limit.static', observed: '1000.01' }] },
    });
    expect(account.events.filter(({ data }) => data.flags !== undefined)).toMatchObject([
      { type: 'order.invoiced.v1', data: { flags: ['order.not-released'] } },
    ]);
  });

  test('is decided on whole where the invoice turns out to be in another currency', () => {
    account.send('invoice.issued.v1', {
      invoiceId: 'I',
      orderId: 'O',
      amount: { amount: '5.00', currency: 'USD' },
    });
    expect(place('1000.00')).toMatchObject({ decision: { increase: eur('1000.00') } });
    expect(account.events.at(-1)).toMatchObject({ type: 'message.lapsed.v1', data: { code: 'order.currency' } });
  });

  test('asks for nothing once its final invoice has come', () => {
    invoice('600.00', { final: true });
    expect(place('5000.00')).toMatchObject({ orderStatus: 'invoiced', decision: { increase: eur('0.00') } });
    expect(account.figure('orders')).toBe('0.00');
  });
});
