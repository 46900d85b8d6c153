import { euros } from './messages';

/** Everything that can happen to an account, each at least once. */
export const STORY: readonly (readonly [type: string, data: object])[] = [
  ['account.opened.v1', { name: 'Ada & Co', currency: 'EUR', country: 'DE', attributes: { vat: 'DE1' } }],
  ['account.changed.v1', { segment: 'retail', terms: 'NET30' }],
  ['limit.set.v1', { amount: euros('1000'), validFrom: '2020-01-01', validTo: '2099-12-31', reason: 'first year' }],
  [
    'order.placed.v1',
    {
      orderId: 'A',
      amount: euros('600'),
      orderDate: '2026-01-05',
      shipBy: '2026-02-01',
      terms: 'NET14',
      lines: [{ sku: 1 }],
    },
  ],
  ['order.placed.v1', { orderId: 'B', amount: euros('600'), orderDate: '2026-01-06', company: 'DE01' }],
  ['order.placed.v1', { orderId: 'C', amount: euros('50'), orderDate: '2026-01-06', enforcement: 'observe' }],
  ['order.changed.v1', { orderId: 'A', amount: euros('550'), changedOn: '2026-01-07' }],
  ['order.cancelled.v1', { orderId: 'C', reason: 'not needed', cancelledOn: '2026-01-08' }],
  ['order.shipped.v1', { shipmentId: 'D1', orderId: 'A', amount: euros('300'), shippedOn: '2026-01-09' }],
  ['order.shipped.v1', { shipmentId: 'D2', orderId: 'A', amount: euros('100'), shippedOn: '2026-01-09' }],
  ['shipment.cancelled.v1', { shipmentId: 'D2', cancelledOn: '2026-01-10' }],
  [
    'invoice.issued.v1',
    { invoiceId: 'I1', amount: euros('300'), issuedOn: '2026-01-10', orderId: 'A', shipmentId: 'D1' },
  ],
  [
    'invoice.issued.v1',
    {
      invoiceId: 'I2',
      amount: euros('100'),
      issuedOn: '2026-01-10',
      orderId: 'not seen yet',
      instalments: [
        { number: 1, dueOn: '2026-02-10', amount: euros('30') },
        { number: 2, dueOn: '2026-03-10', amount: euros('70') },
      ],
    },
  ],
  ['order.closed.v1', { orderId: 'A', reason: 'done', closedOn: '2026-01-11' }],
  [
    'credit-note.issued.v1',
    { creditNoteId: 'CN1', amount: euros('20'), issuedOn: '2026-01-12', invoiceId: 'I1', reason: 'broken' },
  ],
  [
    'payment.received.v1',
    {
      paymentId: 'P1',
      amount: euros('200'),
      receivedOn: '2026-01-13',
      remittance: [{ invoiceId: 'I1' }],
      reference: 'r',
      payer: 'p',
    },
  ],
  [
    'payment.received.v1',
    { paymentId: 'P2', amount: euros('40'), receivedOn: '2026-01-14', remittance: [{ invoiceId: 'later' }] },
  ],
  [
    'cash.applied.v1',
    {
      applicationId: 'AP1',
      paymentId: 'P2',
      invoiceId: 'I2',
      instalment: 2,
      amount: euros('10'),
      appliedOn: '2026-01-15',
    },
  ],
  ['cash.unapplied.v1', { applicationId: 'AP1', unappliedOn: '2026-01-16' }],
  ['payment.refunded.v1', { refundId: 'R1', paymentId: 'P2', amount: euros('40'), refundedOn: '2026-01-17' }],
  ['payment.reversed.v1', { paymentId: 'P1', reversedOn: '2026-01-18', reason: 'bounced' }],
  ['dispute.opened.v1', { disputeId: 'X1', invoiceId: 'I1', reason: 'late', openedOn: '2026-01-19' }],
  ['dispute.resolved.v1', { disputeId: 'X1', outcome: 'invalid', resolvedOn: '2026-01-20' }],
  [
    'dispute.opened.v1',
    { disputeId: 'X2', invoiceId: 'later', reason: 'waits for its invoice', openedOn: '2026-01-20' },
  ],
  // P2 has been refunded whole: what waited for this invoice has nothing left.
  ['invoice.issued.v1', { invoiceId: 'later', amount: euros('40'), issuedOn: '2026-01-21' }],
  ['invoice.written-off.v1', { writeOffId: 'W1', invoiceId: 'I2', reason: 'small', writtenOffOn: '2026-01-22' }],
  ['limit.set.v1', { amount: euros('5000'), reason: 'second year' }],
  ['account.blocked.v1', { reason: 'insolvent' }],
  ['order.placed.v1', { orderId: 'E', amount: euros('1'), orderDate: '2026-01-23' }],
  ['account.unblocked.v1', { reason: 'not so' }],
];
