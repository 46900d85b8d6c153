import type { Currency } from '../../money/currencies';
import { moneyOf } from '../../money/money';
import { compareCodePoints } from '../../text';
import { documentKey, documentRef, type DocumentKey } from '../documents';
import { isKnown, moveOf, refuse, type Draft, type Handled, type Handler } from '../draft';
import type { WaitingLink } from '../events';
import { openOf } from '../invoice/invoice';
import type { MessageDataByType, RemittanceLine } from '../messages';
import { apart } from '../personal';
import { tooManyWaiting } from '../waiting/keep';
import type { AccountState } from '../state';
import { applyCash } from './apply';
import { restOf } from './cash';

/**
 * Money in. With a remittance it settles the invoices named, in the given order; without one the open items of its
 * company and currency, oldest first (`cash.match = remittance-else-oldest`, DOMAIN.md §5). The rest stays unapplied.
 */
export const receivePayment: Handler<'payment.received.v1'> = (draft, { data, contentHash }) => {
  const { company = '', receivedOn = draft.businessDate, ...sent } = data;
  const refusal = wrongRemittance(draft.state, company, data);
  if (refusal !== null) return refusal;
  const key = documentKey('payment', company, data.paymentId);
  const { minor, currency } = moneyOf(data.amount);
  const lines = data.remittance ?? [];
  const waitingFor: WaitingLink[] = lines.flatMap((line, index) => {
    const invoice = invoiceKeyOf(line, company);
    return isKnown(draft.state, invoice) ? [] : [{ document: documentRef(invoice), line: index }];
  });
  const full = tooManyWaiting(draft, waitingFor.length);
  if (full !== null) return { kind: 'refuse', refusal: full };
  const event = {
    company,
    ...apart(sent),
    receivedOn,
    contentHash,
    ...(waitingFor.length > 0 && { waitingFor }),
    moves: [moveOf('unappliedCash', minor, currency, receivedOn, key)],
  };
  draft.emit('payment.received.v1', event, receivedOn, [key]);
  if (data.remittance === undefined) applyOldestFirst(draft, key, company, currency);
  lines.forEach((line, index) => {
    const wish = {
      minor: line.amount === undefined ? null : moneyOf(line.amount).minor,
      item: line.instalment ?? null,
    };
    applyCash(draft, key, invoiceKeyOf(line, company), { rule: 'remittance', line: index, ...wish });
  });
  return { kind: 'done', ...(waitingFor.length > 0 && { waitingFor: waitingFor.map((link) => link.document) }) };
};

export function invoiceKeyOf(
  named: Pick<RemittanceLine, 'invoiceId' | 'invoiceCompany'>,
  company: string,
): DocumentKey {
  return documentKey('invoice', named.invoiceCompany ?? company, named.invoiceId);
}

function wrongRemittance(
  state: AccountState,
  company: string,
  data: MessageDataByType['payment.received.v1'],
): Handled | null {
  for (const [index, line] of (data.remittance ?? []).entries()) {
    const field = `remittance[${index}]`;
    if (line.amount !== undefined && line.amount.currency !== data.amount.currency) {
      return refuse('cash.currency', `a payment in ${data.amount.currency} can't settle ${line.amount.currency}`, {
        field: `${field}.amount.currency`,
      });
    }
    const invoice = state.invoices.get(invoiceKeyOf(line, company));
    if (invoice === undefined) continue;
    if (invoice.currency !== data.amount.currency) {
      return refuse(
        'cash.currency',
        `invoice ${invoice.number} is in ${invoice.currency}, the payment in ${data.amount.currency}`,
        { field: `${field}.invoiceId` },
      );
    }
    if (line.instalment !== undefined && !invoice.items.some((item) => item.number === line.instalment)) {
      return refuse('invoice.no-such-instalment', `invoice ${invoice.number} has no instalment ${line.instalment}`, {
        field: `${field}.instalment`,
      });
    }
  }
  return null;
}

/** By due date, then by number: every invoice already recorded counts, disputed ones too, whatever its date. */
function applyOldestFirst(draft: Draft, key: DocumentKey, company: string, currency: Currency): void {
  const open = [...draft.state.invoices].flatMap(([invoice, { company: of, currency: money, number, items }]) =>
    of !== company || money !== currency
      ? []
      : items.filter((item) => openOf(item) > 0n).map((item) => ({ invoice, number, item })),
  );
  open.sort((a, b) => {
    if (a.item.dueOn !== b.item.dueOn) return a.item.dueOn < b.item.dueOn ? -1 : 1;
    return compareCodePoints(a.number, b.number) || a.item.number - b.item.number;
  });
  for (const { invoice, item } of open) {
    const cash = draft.state.cash.get(key);
    if (cash === undefined || restOf(cash) === 0n) return;
    applyCash(draft, key, invoice, { minor: null, item: item.number, rule: 'oldest-first' });
  }
}
