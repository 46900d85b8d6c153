import { eur, TestAccount, day } from '../../testing/test-account';
import type { Result } from '../result';

const placed = (account: TestAccount, amount = '100.00', orderDate = '2026-03-01'): void => {
  account.send('order.placed.v1', { orderId: 'O', amount: eur(amount), orderDate: day(orderDate) });
};
const shipped = (account: TestAccount, shipmentId: string, amount: string, on: string): void => {
  account.send('order.shipped.v1', { shipmentId, orderId: 'O', amount: eur(amount), shippedOn: day(on) });
};
const invoiced = (account: TestAccount, invoiceId: string, amount: string, on: string, more: object = {}): void => {
  account.send('invoice.issued.v1', { invoiceId, orderId: 'O', amount: eur(amount), issuedOn: day(on), ...more });
};
const stages = (account: TestAccount, asOf?: string): string[] => [
  account.figure('orders', asOf),
  account.figure('deliveries', asOf),
  account.figure('receivables', asOf),
];

let account: TestAccount;
beforeEach(() => {
  account = TestAccount.opened('1000.00');
  account.businessDate = day('2026-04-30');
});

test('an invoice of 60 leaves 40 of an order of 100', () => {
  placed(account);
  invoiced(account, 'I', '60.00', '2026-03-02');
  expect(stages(account)).toEqual(['40.00', '0.00', '60.00']);
});

test('part shipments and part invoices conserve the value at each step', () => {
  placed(account);
  shipped(account, 'S1', '30.00', '2026-03-02');
  expect(stages(account)).toEqual(['70.00', '30.00', '0.00']);
  shipped(account, 'S2', '50.00', '2026-03-03');
  expect(stages(account)).toEqual(['20.00', '80.00', '0.00']);
  invoiced(account, 'I1', '40.00', '2026-03-04');
  expect(stages(account)).toEqual(['20.00', '40.00', '40.00']);
  invoiced(account, 'I2', '60.00', '2026-03-05');
  expect(stages(account)).toEqual(['0.00', '0.00', '100.00']);
});

test('over-delivery adds to deliveries and open orders stay at zero', () => {
  placed(account);
  shipped(account, 'S', '120.00', '2026-03-02');
  expect(stages(account)).toEqual(['0.00', '120.00', '0.00']);
});

test('an invoice over both stages adds its excess to receivables only', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-02');
  invoiced(account, 'I', '130.00', '2026-03-03');
  expect(stages(account)).toEqual(['0.00', '0.00', '130.00']);
});

test('goods shipped after they were invoiced do not count twice', () => {
  placed(account);
  invoiced(account, 'I', '60.00', '2026-03-02');
  shipped(account, 'S', '60.00', '2026-03-03');
  expect(stages(account)).toEqual(['40.00', '0.00', '60.00']);
});

test('one delivery of 60 at a limit of 100 leaves room for 40 [erpnext#47279]', () => {
  account = TestAccount.opened('100.00');
  placed(account, '60.00');
  shipped(account, 'S', '60.00', '2026-03-01');
  const next = account.send('order.placed.v1', { orderId: 'O2', amount: eur('40.00') });
  expect(next).toMatchObject({ decision: { outcome: 'approved', exposureBefore: eur('60.00') } });
});

test('an invoice takes the shipment that it names first', () => {
  placed(account);
  shipped(account, 'S1', '30.00', '2026-03-02');
  shipped(account, 'S2', '30.00', '2026-03-03');
  invoiced(account, 'I', '30.00', '2026-03-04', { shipmentId: 'S2' });
  account.send('shipment.cancelled.v1', { shipmentId: 'S1', cancelledOn: day('2026-03-05') });
  expect(stages(account)).toEqual(['40.00', '0.00', '30.00']);
});

test('an invoice that names a later shipment takes it on the day on which it leaves', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-07');
  invoiced(account, 'I', '60.00', '2026-03-05', { shipmentId: 'S' });
  expect(stages(account, '2026-03-06')).toEqual(['100.00', '0.00', '60.00']);
  expect(stages(account, '2026-03-07')).toEqual(['40.00', '0.00', '60.00']);
});

test('a shipment dated before its order counts from the order on', () => {
  placed(account, '100.00', '2026-03-10');
  shipped(account, 'S', '60.00', '2026-03-03');
  expect(stages(account, '2026-03-09')).toEqual(['0.00', '0.00', '0.00']);
  expect(stages(account, '2026-03-10')).toEqual(['40.00', '60.00', '0.00']);
});

test('cancelling releases exactly what is still reserved', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-02');
  account.send('order.cancelled.v1', { orderId: 'O', cancelledOn: day('2026-03-03') });
  expect(stages(account)).toEqual(['0.00', '60.00', '0.00']);
  expect(stages(account, '2026-03-02')).toEqual(['40.00', '60.00', '0.00']);
});

test('closing drops every residue, shipped too', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-02');
  account.send('order.closed.v1', { orderId: 'O', closedOn: day('2026-03-03') });
  expect(stages(account)).toEqual(['0.00', '0.00', '0.00']);
});

test('a final invoice leaves no residue', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-02');
  invoiced(account, 'I', '55.00', '2026-03-03', { final: true });
  expect(stages(account)).toEqual(['0.00', '0.00', '55.00']);
});

test('a change below what is shipped leaves nothing open', () => {
  placed(account);
  shipped(account, 'S', '60.00', '2026-03-02');
  account.send('order.changed.v1', { orderId: 'O', amount: eur('50.00'), changedOn: day('2026-03-03') });
  expect(stages(account)).toEqual(['0.00', '60.00', '0.00']);
});

test('a change is the new total from its day', () => {
  placed(account);
  account.send('order.changed.v1', { orderId: 'O', amount: eur('150.00'), changedOn: day('2026-03-05') });
  expect(account.figure('orders', '2026-03-04')).toBe('100.00');
  expect(account.figure('orders', '2026-03-05')).toBe('150.00');
});

test('shipments are posted against a held order and flagged', () => {
  account = TestAccount.opened('10.00');
  placed(account);
  expect(stages(account)).toEqual(['0.00', '0.00', '0.00']);
  shipped(account, 'S', '60.00', '2026-03-02');
  expect(stages(account)).toEqual(['0.00', '60.00', '0.00']);
  expect(account.events.at(-1)?.data.flags).toEqual(['order.not-released']);
});

test('an invoice that comes before its order takes its value when the order comes', () => {
  const answer = account.send('invoice.issued.v1', {
    invoiceId: 'I',
    orderId: 'O',
    amount: eur('60.00'),
    issuedOn: day('2026-03-02'),
  });
  expect(answer).toMatchObject({ status: 'accepted', waitingFor: [{ kind: 'order', number: 'O' }] });
  expect(account.figure('receivables')).toBe('60.00');
  placed(account);
  expect(stages(account)).toEqual(['40.00', '0.00', '60.00']);
  expect(account.state.waiting.size).toBe(0);
});

test('a shipment before its order waits whole and takes effect with it', () => {
  expect(
    account.send('order.shipped.v1', {
      shipmentId: 'S',
      orderId: 'O',
      amount: eur('60.00'),
      shippedOn: day('2026-03-02'),
    }),
  ).toMatchObject({ status: 'waiting', waitingFor: [{ kind: 'order', number: 'O' }] });
  placed(account);
  expect(stages(account)).toEqual(['40.00', '60.00', '0.00']);
});

describe('a change that is dated before a release that was recorded earlier', () => {
  beforeEach(() => {
    account = TestAccount.opened('100.00');
    account.businessDate = day('2026-03-01');
    account.send('invoice.issued.v1', { invoiceId: 'I', amount: eur('50.00') });
    account.send('order.placed.v1', { orderId: 'O', amount: eur('80.00'), orderDate: day('2026-02-20') });
    account.businessDate = day('2026-03-10');
    account.send('payment.received.v1', { paymentId: 'P', amount: eur('50.00') });
    account.businessDate = day('2026-03-12');
  });
  const change = (amount: string): Result =>
    account.send('order.changed.v1', { orderId: 'O', amount: eur(amount), changedOn: day('2026-03-05') });

  test('is decided on when it asks for more, and counts from the day of the release', () => {
    expect(change('95.00')).toMatchObject({ decision: { outcome: 'approved', increase: eur('15.00') } });
    expect(stages(account, '2026-03-09')[0]).toBe('0.00');
    expect(stages(account, '2026-03-10')[0]).toBe('95.00');
    expect(change('120.00')).toMatchObject({ orderStatus: 'held', decision: { outcome: 'held' } });
  });

  test('is decided on also when its sender wrote it earlier on the day of the release', () => {
    const data = { orderId: 'O', amount: eur('95.00'), changedOn: day('2026-03-10') };
    const answer = account.send('order.changed.v1', data, 'c', '2025-01-01T08:00:00Z');
    expect(answer).toMatchObject({ decision: { outcome: 'approved', increase: eur('15.00') } });
    expect(stages(account, '2026-03-10')[0]).toBe('95.00');
  });

  test('gives back what it asks less for', () => {
    expect(change('60.00')).toMatchObject({ status: 'accepted', orderStatus: 'approved' });
    expect(stages(account, '2026-03-12')[0]).toBe('60.00');
  });
});
