import { moneyOf } from '../../money/money';
import { documentKey, documentRef } from '../documents';
import { isKnown, moveOf, refuse, type Handler } from '../draft';
import { apart } from '../personal';
import { tooManyWaiting } from '../waiting/keep';
import { applyCash } from './apply';

/** One that names an invoice is applied to it at once, up to what is open; the rest stays an open credit. */
export const issueCreditNote: Handler<'credit-note.issued.v1'> = (draft, { data, contentHash }) => {
  const { company = '', issuedOn = draft.businessDate, ...sent } = data;
  const key = documentKey('credit-note', company, data.creditNoteId);
  const invoiceKey = data.invoiceId === undefined ? null : documentKey('invoice', company, data.invoiceId);
  const { minor, currency } = moneyOf(data.amount);
  const invoice = invoiceKey === null ? undefined : draft.state.invoices.get(invoiceKey);
  if (invoice !== undefined && invoice.currency !== currency) {
    return refuse('cash.currency', `invoice ${invoice.number} is in ${invoice.currency}, not ${currency}`, {
      field: 'amount.currency',
    });
  }
  const waits = invoiceKey !== null && !isKnown(draft.state, invoiceKey);
  const waitingFor = waits ? [{ document: documentRef(invoiceKey) }] : [];
  const full = tooManyWaiting(draft, waitingFor.length);
  if (full !== null) return { kind: 'refuse', refusal: full };
  const event = {
    company,
    ...apart(sent),
    issuedOn,
    contentHash,
    ...(waits && { waitingFor }),
    moves: [moveOf('creditNotes', minor, currency, issuedOn, key)],
  };
  draft.emit('credit-note.issued.v1', event, issuedOn, [key]);
  if (invoiceKey !== null) applyCash(draft, key, invoiceKey, { minor: null, item: null, rule: 'credit-note' });
  return { kind: 'done', ...(waits && { waitingFor: waitingFor.map((link) => link.document) }) };
};
