import { envelope, euros, openAccount, placeOrder, setLimit } from '../e2e/support/messages';

/** Messages of one account: orders that are approved, held and released by themselves, and the money for them. */
export function storyOf(subject: string, seed: number): readonly object[] {
  const message = (type: string, data: object, number: string): object =>
    envelope(type, subject, data, `${subject} ${type} ${number}`);
  const order = (n: number, amount: string): object => ({
    ...placeOrder(subject, `SO-${n}`, amount),
    id: `${subject} SO-${n}`,
  });
  const messages = [
    openAccount(subject, { segment: seed % 2 === 0 ? 'retail' : 'trade' }),
    setLimit(subject, '1000.00'),
  ];
  for (let n = 1; n <= 4; n += 1) {
    const amount = `${200 + 37 * ((seed + n) % 9)}.50`;
    const day = (offset: number): string => `2026-0${n + 1}-${String(offset).padStart(2, '0')}`;
    messages.push(
      order(n, amount),
      message(
        'order.shipped.v1',
        { shipmentId: `D-${n}`, orderId: `SO-${n}`, amount: euros('100.00'), shippedOn: day(5) },
        `${n}`,
      ),
      message(
        'invoice.issued.v1',
        {
          invoiceId: `I-${n}`,
          orderId: `SO-${n}`,
          amount: euros(amount),
          issuedOn: day(6),
          terms: 'NET30',
          final: true,
        },
        `${n}`,
      ),
    );
    if ((seed + n) % 3 !== 0) {
      messages.push(
        message('payment.received.v1', { paymentId: `P-${n}`, amount: euros('150.00'), receivedOn: day(20) }, `${n}`),
      );
    }
    if ((seed + n) % 4 === 0) {
      messages.push(
        message(
          'dispute.opened.v1',
          { disputeId: `X-${n}`, invoiceId: `I-${n}`, reason: 'damaged', openedOn: day(21) },
          `${n}`,
        ),
      );
    }
    if ((seed + n) % 5 === 0) {
      messages.push(
        message('payment.reversed.v1', { paymentId: `P-${n}`, reversedOn: day(25), reason: 'bounced' }, `${n}`),
      );
    }
  }
  return messages;
}
