import { decimalOf, moneyOf } from '../../money/money';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { openOf, openOfInvoice } from '../invoice/invoice';
import { applyCash } from './apply';
import { restOf } from './cash';
import { invoiceKeyOf } from './receive';

/** An explicit application. One that had waited takes what is left; at once it must fit whole. */
export const applyByHand: Handler<'cash.applied.v1'> = (draft, { data, contentHash }, late) => {
  const { company = '', paymentId, creditNoteId, instalment } = data;
  const cashKey =
    paymentId === undefined
      ? documentKey('credit-note', company, creditNoteId ?? '')
      : documentKey('payment', company, paymentId);
  const invoiceKey = invoiceKeyOf(data, company);
  if (!isKnown(draft.state, cashKey)) return { kind: 'wait', for: cashKey };
  if (!isKnown(draft.state, invoiceKey)) return { kind: 'wait', for: invoiceKey };
  const { minor, currency } = moneyOf(data.amount);
  const cash = draft.state.cash.get(cashKey);
  const invoice = draft.state.invoices.get(invoiceKey);
  for (const document of [cash, invoice]) {
    if (document === undefined || document.currency === currency) continue;
    return refuse('cash.currency', `${document.number} is in ${document.currency}, the application in ${currency}`, {
      field: 'amount.currency',
    });
  }
  const item = invoice?.items.find((one) => one.number === instalment);
  if (invoice !== undefined && instalment !== undefined && item === undefined) {
    return refuse('invoice.no-such-instalment', `invoice ${invoice.number} has no instalment ${instalment}`, {
      field: 'instalment',
    });
  }
  const rest = cash === undefined ? 0n : restOf(cash);
  const open = item !== undefined ? openOf(item) : invoice === undefined ? 0n : openOfInvoice(invoice);
  const available = rest < open ? rest : open;
  if (available === 0n || (minor > available && !late)) {
    const facts = { amount: data.amount.amount, rest: decimalOf(rest, currency), open: decimalOf(open, currency) };
    return refuse(
      'cash.exceeds-open',
      `${facts.amount} ${currency} can't be applied: ${facts.rest} is left to apply and ${facts.open} is open`,
      { field: 'amount', facts },
    );
  }
  applyCash(draft, cashKey, invoiceKey, {
    minor,
    item: instalment ?? null,
    on: data.appliedOn ?? draft.businessDate,
    rule: 'manual',
    applicationId: data.applicationId,
    contentHash,
  });
  return { kind: 'done' };
};
