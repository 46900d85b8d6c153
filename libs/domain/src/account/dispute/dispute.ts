import { decimalOf, minBig, moneyOf, moneyText } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { apart } from '../personal';

/** The whole invoice unless an amount is given. A dispute moves no money. */
export const openDispute: Handler<'dispute.opened.v1'> = (draft, { data, contentHash }, late) => {
  const { company = '', ...sent } = data;
  const key = documentKey('invoice', company, data.invoiceId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const invoice = draft.state.invoices.get(key);
  if (invoice === undefined) throw new Error('the invoice was not loaded before it was disputed');
  if (data.amount !== undefined && data.amount.currency !== invoice.currency) {
    return refuse(
      'dispute.currency',
      `invoice ${invoice.number} is in ${invoice.currency}, not ${data.amount.currency}`,
      {
        field: 'amount.currency',
      },
    );
  }
  const wished = data.amount === undefined ? invoice.minor : moneyOf(data.amount).minor;
  // One that had waited takes what there is.
  const minor = late ? minBig(wished, invoice.minor) : wished;
  if (minor > invoice.minor) {
    const facts = { amount: decimalOf(minor, invoice.currency), invoiced: decimalOf(invoice.minor, invoice.currency) };
    return refuse('dispute.exceeds-invoice', `${facts.amount} is disputed of an invoice of ${facts.invoiced}`, {
      field: 'amount',
      facts,
    });
  }
  const openedOn = latest(data.openedOn ?? draft.businessDate, invoice.issuedOn);
  const amount = moneyText(minor, invoice.currency);
  draft.emit('dispute.opened.v1', { company, ...apart(sent), amount, openedOn, contentHash }, openedOn, [key]);
  return { kind: 'done' };
};

/** Ends the dispute from its day, also on a paid item. */
export const resolveDispute: Handler<'dispute.resolved.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const disputeKey = documentKey('dispute', company, data.disputeId);
  if (!isKnown(draft.state, disputeKey)) return { kind: 'wait', for: disputeKey };
  const key = draft.state.index.get(disputeKey)?.owners?.[0];
  const invoice = key === undefined ? undefined : draft.state.invoices.get(key);
  const dispute = invoice?.disputes.find((one) => one.number === data.disputeId);
  if (key === undefined || invoice === undefined || dispute === undefined) {
    return refuse('dispute.lapsed', `dispute ${data.disputeId} never took effect`, { field: 'disputeId' });
  }
  const resolvedOn = latest(data.resolvedOn ?? draft.businessDate, dispute.openedOn);
  const event = { company, ...apart(sent), invoiceId: invoice.number, resolvedOn, contentHash };
  draft.emit('dispute.resolved.v1', event, resolvedOn, [key]);
  return { kind: 'done' };
};
