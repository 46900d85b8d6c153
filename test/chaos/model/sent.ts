import type { Message } from '../support/ledger';
import { decimal, type Cents, type Day } from './book';

/** A message as the model reads it. A date left out is that of the business date. */
export type Sent =
  | { readonly kind: 'limit'; readonly cents: Cents | null; readonly from?: Day; readonly to?: Day }
  | { readonly kind: 'block' | 'unblock'; readonly on?: Day }
  | { readonly kind: 'place'; readonly number: string; readonly cents: Cents; readonly on?: Day }
  | { readonly kind: 'change'; readonly order: string; readonly cents: Cents; readonly on?: Day }
  | { readonly kind: 'cancel'; readonly order: string; readonly on?: Day }
  | { readonly kind: 'close'; readonly order: string; readonly on?: Day }
  | {
      readonly kind: 'ship';
      readonly number: string;
      readonly order: string;
      readonly cents: Cents;
      readonly on?: Day;
    }
  | { readonly kind: 'unship'; readonly shipment: string; readonly on?: Day }
  /** By hand, of a held order; for the order's amount where none is given. */
  | { readonly kind: 'release'; readonly order: string; readonly cents?: Cents }
  | { readonly kind: 'reject'; readonly order: string }
  | {
      readonly kind: 'invoice';
      readonly number: string;
      readonly cents: Cents;
      readonly on?: Day;
      readonly dueOn?: Day;
      /** Days of the terms, where they and no due date are given. */
      readonly net?: number;
      readonly order?: string;
      readonly shipment?: string;
      readonly isFinal?: boolean;
    }
  | {
      readonly kind: 'credit';
      readonly number: string;
      readonly cents: Cents;
      readonly on?: Day;
      readonly invoice?: string;
    }
  | {
      readonly kind: 'pay';
      readonly number: string;
      readonly cents: Cents;
      readonly on?: Day;
      readonly remittance?: readonly { readonly invoice: string; readonly cents?: Cents }[];
    }
  | {
      readonly kind: 'apply';
      readonly number: string;
      readonly cash: string;
      readonly isCredit: boolean;
      readonly invoice: string;
      readonly cents: Cents;
      readonly on?: Day;
    }
  | { readonly kind: 'unapply'; readonly application: string; readonly on?: Day }
  | {
      readonly kind: 'refund';
      readonly number: string;
      readonly payment: string;
      readonly cents: Cents;
      readonly on?: Day;
    }
  | { readonly kind: 'reverse'; readonly payment: string; readonly on?: Day }
  | {
      readonly kind: 'write-off';
      readonly number: string;
      readonly invoice: string;
      readonly cents?: Cents;
      readonly on?: Day;
    }
  | {
      readonly kind: 'dispute';
      readonly number: string;
      readonly invoice: string;
      readonly cents?: Cents;
      readonly on?: Day;
    }
  | { readonly kind: 'resolve'; readonly number: string; readonly invoice: string; readonly on?: Day }
  /** The number of something that was accepted, with other content. */
  | { readonly kind: 'conflict'; readonly of: Exclude<Sent, { kind: 'conflict' }> };

export type Of<K extends Sent['kind']> = Extract<Sent, { kind: K }>;

type Data = Readonly<Record<string, unknown>>;

/** The same as the message of the contract. */
export function messageOf(sent: Sent, accountId: string, id: string): Message {
  const [type, data] = contentOf(sent);
  return { specversion: '1.0', id, source: '/chaos/model', type, subject: accountId, data: withoutGaps(data) };
}

function contentOf(sent: Sent): readonly [type: string, data: Data] {
  switch (sent.kind) {
    case 'limit':
      return ['limit.set.v1', { amount: euros(sent.cents), validFrom: sent.from, validTo: sent.to }];
    case 'block':
      return ['account.blocked.v1', { reason: 'chaos', blockedOn: sent.on }];
    case 'unblock':
      return ['account.unblocked.v1', { reason: 'chaos', unblockedOn: sent.on }];
    case 'place':
      return ['order.placed.v1', { orderId: sent.number, amount: euros(sent.cents), orderDate: sent.on }];
    case 'change':
      return ['order.changed.v1', { orderId: sent.order, amount: euros(sent.cents), changedOn: sent.on }];
    case 'cancel':
      return ['order.cancelled.v1', { orderId: sent.order, cancelledOn: sent.on }];
    case 'close':
      return ['order.closed.v1', { orderId: sent.order, closedOn: sent.on }];
    case 'ship':
      return [
        'order.shipped.v1',
        { shipmentId: sent.number, orderId: sent.order, amount: euros(sent.cents), shippedOn: sent.on },
      ];
    case 'unship':
      return ['shipment.cancelled.v1', { shipmentId: sent.shipment, cancelledOn: sent.on }];
    case 'release':
      return ['order.release', { orderId: sent.order, amount: optional(sent.cents), reason: 'chaos' }];
    case 'reject':
      return ['order.reject', { orderId: sent.order, reason: 'chaos' }];
    case 'invoice':
      return ['invoice.issued.v1', invoiceData(sent)];
    case 'credit':
      return [
        'credit-note.issued.v1',
        {
          creditNoteId: sent.number,
          amount: euros(sent.cents),
          issuedOn: sent.on,
          invoiceId: sent.invoice,
          reason: 'chaos',
        },
      ];
    case 'pay':
      return ['payment.received.v1', paymentData(sent)];
    case 'apply':
      return [
        'cash.applied.v1',
        {
          applicationId: sent.number,
          [sent.isCredit ? 'creditNoteId' : 'paymentId']: sent.cash,
          invoiceId: sent.invoice,
          amount: euros(sent.cents),
          appliedOn: sent.on,
        },
      ];
    case 'unapply':
      return ['cash.unapplied.v1', { applicationId: sent.application, unappliedOn: sent.on }];
    case 'refund':
      return [
        'payment.refunded.v1',
        { refundId: sent.number, paymentId: sent.payment, amount: euros(sent.cents), refundedOn: sent.on },
      ];
    case 'reverse':
      return ['payment.reversed.v1', { paymentId: sent.payment, reversedOn: sent.on, reason: 'chaos' }];
    case 'write-off':
      return [
        'invoice.written-off.v1',
        {
          writeOffId: sent.number,
          invoiceId: sent.invoice,
          amount: optional(sent.cents),
          reason: 'chaos',
          writtenOffOn: sent.on,
        },
      ];
    case 'dispute':
      return [
        'dispute.opened.v1',
        {
          disputeId: sent.number,
          invoiceId: sent.invoice,
          amount: optional(sent.cents),
          reason: 'chaos',
          openedOn: sent.on,
        },
      ];
    case 'resolve':
      return ['dispute.resolved.v1', { disputeId: sent.number, outcome: 'invalid', resolvedOn: sent.on }];
    case 'conflict':
      return contentOf(sent.of);
    default:
      return sent satisfies never;
  }
}

function invoiceData({ number, cents, on, dueOn, net, order, shipment, isFinal }: Of<'invoice'>): Data {
  return {
    invoiceId: number,
    amount: euros(cents),
    issuedOn: on,
    dueOn,
    terms: net === undefined ? undefined : `NET${net}`,
    orderId: order,
    shipmentId: shipment,
    final: isFinal,
  };
}

function paymentData({ number, cents, on, remittance }: Of<'pay'>): Data {
  const lines = remittance?.map((line) => withoutGaps({ invoiceId: line.invoice, amount: optional(line.cents) }));
  return { paymentId: number, amount: euros(cents), receivedOn: on, remittance: lines };
}

function optional(cents: Cents | undefined): object | null | undefined {
  return cents === undefined ? undefined : euros(cents);
}

function euros(cents: Cents | null): object | null {
  return cents === null ? null : { amount: decimal(cents), currency: 'EUR' };
}

function withoutGaps(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
