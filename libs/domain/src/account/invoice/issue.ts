import { moneyOf, moneyText, type MoneyText } from '../../money/money';
import { dueDate } from '../../time/terms';
import { latest, type LocalDate } from '../../time/local-date';
import { documentKey, documentRef, type DocumentKey } from '../documents';
import { isKnown, moveOf, refuse, type Draft, type Handled, type Handler } from '../draft';
import type { InvoiceItem, WaitingLink } from '../events';
import type { MessageDataByType } from '../messages';
import type { Order } from '../order/order';
import { inOtherCurrency } from '../order/same-currency';
import { notReleasedFlag } from '../order/ship';
import { apart } from '../personal';
import { tooManyWaiting } from '../waiting/keep';

/** An invoice is a fact: posted and aged at once. Its value leaves the order, if it names one, as far as it is there. */
export const issueInvoice: Handler<'invoice.issued.v1'> = (draft, { data, contentHash }) => {
  const { company = '', issuedOn = draft.businessDate, ...sent } = data;
  const refusal = wrongOrder(draft, company, data);
  if (refusal !== null) return refusal;
  const key = documentKey('invoice', company, data.invoiceId);
  const { currency } = moneyOf(data.amount);
  const items = itemsOf(data, issuedOn, draft);
  const waitingFor = unseen(draft, company, data);
  const full = tooManyWaiting(draft, waitingFor.length);
  if (full !== null) return { kind: 'refuse', refusal: full };
  const event = {
    company,
    ...apart(sent),
    issuedOn,
    items,
    contentHash,
    ...(waitingFor.length > 0 && { waitingFor }),
    moves: items.map((item) => moveOf('receivables', moneyOf(item.amount).minor, currency, issuedOn, key, item.number)),
  };
  draft.emit('invoice.issued.v1', event, issuedOn, [key]);
  const orderKey = data.orderId === undefined ? null : documentKey('order', company, data.orderId);
  if (orderKey !== null && isKnown(draft.state, orderKey)) {
    const { invoiceId, amount, shipmentId, final = false } = data;
    takeFromOrder(draft, orderKey, { invoiceId, amount, issuedOn, shipmentId: shipmentId ?? null, final });
  }
  return { kind: 'done', ...(waitingFor.length > 0 && { waitingFor: waitingFor.map((link) => link.document) }) };
};

export interface TakenByInvoice {
  readonly invoiceId: string;
  readonly amount: MoneyText;
  readonly issuedOn: LocalDate;
  readonly shipmentId: string | null;
  readonly final: boolean;
}

/** The order with what the invoices take out of it. */
export function invoicedBy(order: Order, invoices: readonly TakenByInvoice[]): Order {
  const parts = invoices.map(({ invoiceId, amount, issuedOn, shipmentId, final }) => ({
    number: invoiceId,
    minor: moneyOf(amount).minor,
    on: issuedOn,
    shipment: shipmentId,
    final,
  }));
  return { ...order, invoiced: [...order.invoiced, ...parts] };
}

/**
 * Records what the invoice takes out of its order; false when the two are in different currencies. `passes`: the
 * order is not decided on yet, and will be let through.
 */
export function takeFromOrder(
  draft: Draft,
  orderKey: DocumentKey,
  invoice: TakenByInvoice,
  passes: boolean = false,
): boolean {
  const order = draft.state.orders.get(orderKey);
  if (order === undefined || order.currency !== invoice.amount.currency) return false;
  const { shipmentId, ...taken } = invoice;
  const event = {
    orderId: order.number,
    ...taken,
    company: order.company,
    ...(shipmentId !== null && { shipmentId }),
    ...(!passes && notReleasedFlag(order, invoicedBy(order, [invoice]))),
  };
  draft.emitOnOrder('order.invoiced.v1', event, latest(invoice.issuedOn, order.orderDate), orderKey);
  return true;
}

type InvoiceData = MessageDataByType['invoice.issued.v1'];

/** Due on the date given, else by the invoice's terms, else by the account's, else at once. */
function itemsOf(data: InvoiceData, issuedOn: LocalDate, draft: Draft): InvoiceItem[] {
  if (data.instalments !== undefined) return data.instalments.map((one) => ({ ...one }));
  const terms = data.terms ?? draft.state.profile?.fields.terms;
  const dueOn = data.dueOn ?? (terms === undefined ? issuedOn : dueDate(terms, issuedOn));
  const { minor, currency } = moneyOf(data.amount);
  return [{ number: 0, dueOn, amount: moneyText(minor, currency) }];
}

function unseen(draft: Draft, company: string, data: InvoiceData): WaitingLink[] {
  const keys: DocumentKey[] = [];
  if (data.orderId !== undefined) keys.push(documentKey('order', company, data.orderId));
  if (data.shipmentId !== undefined) keys.push(documentKey('shipment', company, data.shipmentId));
  return keys.filter((key) => !isKnown(draft.state, key)).map((key) => ({ document: documentRef(key) }));
}

function wrongOrder(draft: Draft, company: string, data: InvoiceData): Handled | null {
  if (data.orderId === undefined) return null;
  const orderKey = documentKey('order', company, data.orderId);
  const order = draft.state.orders.get(orderKey);
  const other = order === undefined ? null : inOtherCurrency(order, data.amount);
  if (other !== null) return other;
  if (data.shipmentId === undefined) return null;
  const shipmentKey = documentKey('shipment', company, data.shipmentId);
  const owner = isKnown(draft.state, shipmentKey) ? draft.state.index.get(shipmentKey)?.owners?.[0] : undefined;
  if (owner === undefined || owner === orderKey) return null;
  const of = documentRef(owner).number;
  return refuse('shipment.of-another-order', `shipment ${data.shipmentId} belongs to order ${of}`, {
    field: 'shipmentId',
  });
}
