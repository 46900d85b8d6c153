import type { DocumentRow, ItemRow } from '../entities';
import { plus, zero } from './staircase';
import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

export function foldInvoice(set: WorkingSet, taken: Taken, event: OfType<'duestream.invoice.issued.v1'>): void {
  const { data } = event;
  set.documents.put({
    ...documentOf(taken, 'invoice', data.company, data.invoiceId, data.amount),
    datedOn: data.issuedOn,
    orderId: data.orderId ?? null,
    shipmentId: data.shipmentId ?? null,
    final: data.final ?? false,
  });
  for (const item of data.items) {
    set.items.put({
      ...itemOf(taken, 'invoice', data.company, data.invoiceId, item.amount),
      item: item.number,
      issuedOn: data.issuedOn,
      dueOn: item.dueOn,
    });
  }
}

export function foldCreditNote(set: WorkingSet, taken: Taken, event: OfType<'duestream.credit-note.issued.v1'>): void {
  const { data } = event;
  const invoiceId = data.invoiceId ?? null;
  set.documents.put({
    ...documentOf(taken, 'credit-note', data.company, data.creditNoteId, data.amount),
    datedOn: data.issuedOn,
    invoiceId,
  });
  set.items.put({
    ...itemOf(taken, 'credit-note', data.company, data.creditNoteId, data.amount),
    issuedOn: data.issuedOn,
    dueOn: data.issuedOn,
  });
}

export function foldPayment(set: WorkingSet, taken: Taken, event: OfType<'duestream.payment.received.v1'>): void {
  const { data } = event;
  set.documents.put({
    ...documentOf(taken, 'payment', data.company, data.paymentId, data.amount),
    datedOn: data.receivedOn,
  });
  set.items.put({
    ...itemOf(taken, 'payment', data.company, data.paymentId, data.amount),
    issuedOn: data.receivedOn,
    dueOn: data.receivedOn,
  });
}

export function foldReversal(set: WorkingSet, taken: Taken, event: OfType<'duestream.payment.reversed.v1'>): void {
  const { data } = event;
  const payment = set.documents.find(taken.accountId, 'payment', data.company, data.paymentId);
  payment?.change({ reversedOn: taken.effectiveAt, reversedAt: taken.recordedAt, reversedSeq: taken.seq });
}

export function foldRefund(set: WorkingSet, taken: Taken, event: OfType<'duestream.payment.refunded.v1'>): void {
  const { data } = event;
  const payment = set.documents.find(taken.accountId, 'payment', data.company, data.paymentId);
  if (payment === undefined) return;
  payment.change({ refunded: plus(payment.row.refunded, data.amount.amount, payment.row.currency) });
}

interface MoneyOnPaper {
  readonly amount: string;
  readonly currency: string;
}

function documentOf(taken: Taken, kind: string, company: string, number: string, money: MoneyOnPaper): DocumentRow {
  return {
    accountId: taken.accountId,
    kind,
    company,
    number,
    currency: money.currency,
    amount: money.amount,
    datedOn: taken.effectiveAt,
    orderId: null,
    shipmentId: null,
    invoiceId: null,
    final: false,
    refunded: zero(money.currency),
    reversedOn: null,
    reversedAt: null,
    reversedSeq: null,
    ...recorded(taken),
  };
}

/** Item 0, with no step yet: the event's moves make them. */
export function itemOf(taken: Taken, kind: string, company: string, number: string, money: MoneyOnPaper): ItemRow {
  return {
    accountId: taken.accountId,
    kind,
    company,
    number,
    item: 0,
    currency: money.currency,
    original: money.amount,
    issuedOn: taken.effectiveAt,
    dueOn: taken.effectiveAt,
    stepDays: [],
    stepOpen: [],
    settledOn: 'infinity',
    recordedAt: taken.recordedAt,
  };
}
