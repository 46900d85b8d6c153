import { decimalOf, minBig, moneyOf, moneyText } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, moveOf, refuse, type Handler } from '../draft';
import { itemsByDue, openOf, openOfInvoice } from '../invoice/invoice';
import { apart } from '../personal';

/** All that is open unless an amount is given; earliest items first. One that had waited takes what is left. */
export const writeOffInvoice: Handler<'invoice.written-off.v1'> = (draft, { data, contentHash }, late) => {
  const { company = '', ...sent } = data;
  const key = documentKey('invoice', company, data.invoiceId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const invoice = draft.state.invoices.get(key);
  if (invoice !== undefined && data.amount !== undefined && data.amount.currency !== invoice.currency) {
    return refuse(
      'write-off.currency',
      `invoice ${invoice.number} is in ${invoice.currency}, not ${data.amount.currency}`,
      {
        field: 'amount.currency',
      },
    );
  }
  const open = invoice === undefined ? 0n : openOfInvoice(invoice);
  const wished = data.amount === undefined ? open : moneyOf(data.amount).minor;
  if (invoice === undefined || open === 0n || (wished > open && !late)) {
    const facts = { open: invoice === undefined ? '0' : decimalOf(open, invoice.currency) };
    return refuse('write-off.exceeds-open', `of invoice ${data.invoiceId} ${facts.open} is open`, {
      field: 'amount',
      facts,
    });
  }
  const on = latest(data.writtenOffOn ?? draft.businessDate, invoice.issuedOn);
  let left = minBig(wished, open);
  const parts = [];
  for (const item of itemsByDue(invoice)) {
    const minor = minBig(left, openOf(item));
    if (minor === 0n) continue;
    left -= minor;
    parts.push({ item: item.number, minor, effectiveAt: latest(on, item.freedOn ?? undefined) });
  }
  const event = {
    company,
    ...apart(sent),
    writtenOffOn: on,
    amount: moneyText(minBig(wished, open), invoice.currency),
    parts: parts.map(({ minor, ...part }) => ({ amount: moneyText(minor, invoice.currency), ...part })),
    moves: parts.map((part) => moveOf('receivables', -part.minor, invoice.currency, part.effectiveAt, key, part.item)),
    contentHash,
  };
  draft.emit('invoice.written-off.v1', event, on, [key]);
  return { kind: 'done' };
};
