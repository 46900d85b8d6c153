import type { Currency } from '../../money/currencies';
import { minorOf, moneyOf } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import type { EndedApplication, EventOf, Move, RecordedEvent } from '../events';
import type { AccountState } from '../state';
import type { Invoice, OpenItem } from './invoice';

export function evolveInvoice(state: AccountState, event: RecordedEvent): AccountState {
  let invoices = state.invoices;
  if (event.type === 'invoice.issued.v1') {
    invoices = invoices.set(documentKey('invoice', event.data.company, event.data.invoiceId), issued(event));
  }
  for (const move of event.data.moves ?? []) {
    if (move.category !== 'receivables') continue;
    invoices = change(invoices, documentKey('invoice', move.document.company, move.document.number), (invoice) =>
      withMove(invoice, move),
    );
  }
  for (const ended of endedBy(event)) {
    if (ended.appliedOn >= ended.endedOn) continue;
    invoices = change(invoices, documentKey('invoice', ended.invoiceCompany, ended.invoiceId), (invoice) =>
      withItem(invoice, ended.item, (item) => ({ ...item, freedOn: latest(ended.endedOn, item.freedOn ?? undefined) })),
    );
  }
  if (event.type === 'dispute.opened.v1') {
    const { company, invoiceId, disputeId, amount, openedOn } = event.data;
    invoices = change(invoices, documentKey('invoice', company, invoiceId), (invoice) => ({
      ...invoice,
      disputes: [...invoice.disputes, { number: disputeId, minor: moneyOf(amount).minor, openedOn }],
    }));
  }
  if (event.type === 'dispute.resolved.v1') {
    const { company, invoiceId, disputeId } = event.data;
    invoices = change(invoices, documentKey('invoice', company, invoiceId), (invoice) => ({
      ...invoice,
      disputes: invoice.disputes.filter((dispute) => dispute.number !== disputeId),
    }));
  }
  return invoices === state.invoices ? state : { ...state, invoices };
}

export function endedBy(event: RecordedEvent): readonly EndedApplication[] {
  return 'ended' in event.data ? event.data.ended : [];
}

function issued(event: EventOf<'invoice.issued.v1'>): Invoice {
  const { company, invoiceId, amount, issuedOn, items } = event.data;
  return {
    company,
    number: invoiceId,
    currency: amount.currency as Currency,
    issuedOn,
    minor: moneyOf(amount).minor,
    items: items.map((item) => ({ number: item.number, dueOn: item.dueOn, moves: [], freedOn: null })),
    disputes: [],
  };
}

type Invoices = AccountState['invoices'];

function change(
  invoices: Invoices,
  key: ReturnType<typeof documentKey>,
  update: (invoice: Invoice) => Invoice,
): Invoices {
  const invoice = invoices.get(key);
  return invoice === undefined ? invoices : invoices.set(key, update(invoice));
}

function withMove(invoice: Invoice, move: Move): Invoice {
  const dated = { minor: minorOf(move.amount, invoice.currency) ?? 0n, on: move.effectiveAt };
  return withItem(invoice, move.item ?? 0, (item) => ({ ...item, moves: [...item.moves, dated] }));
}

function withItem(invoice: Invoice, number: number, update: (item: OpenItem) => OpenItem): Invoice {
  return { ...invoice, items: invoice.items.map((item) => (item.number === number ? update(item) : item)) };
}
