import { minBig, moneyText } from '../../money/money';
import { latest, type LocalDate } from '../../time/local-date';
import { documentKey, type DocumentKey } from '../documents';
import { moveOf, type Draft } from '../draft';
import type { EventDataByType } from '../events';
import { itemsByDue, openOf, type Invoice, type OpenItem } from '../invoice/invoice';
import { categoryOf, restOf, type Cash } from './cash';

export interface Wish {
  /** Null: as much as there is. */
  readonly minor: bigint | null;
  /** Null: the items of the invoice in turn, earliest due first. */
  readonly item: number | null;
  /** The day that the sender gives; the application never counts before it. */
  readonly on?: LocalDate;
  readonly rule: EventDataByType['cash.applied.v1']['rule'];
  readonly line?: number;
  /** Left out: an automatic application, numbered after its payment or credit note. */
  readonly applicationId?: string;
  readonly contentHash?: string;
}

/**
 * Applies cash to the items of an invoice: to each the least of what is wished, what rests and what is open, so that
 * neither is ever overdrawn. Returns what was applied; 0 when there was nothing to apply or to settle.
 */
export function applyCash(draft: Draft, cashKey: DocumentKey, invoiceKey: DocumentKey, wish: Wish): bigint {
  const invoice = draft.state.invoices.get(invoiceKey);
  let applied = 0n;
  for (const item of invoice === undefined ? [] : itemsByDue(invoice)) {
    if (wish.item !== null && wish.item !== item.number) continue;
    const cash = draft.state.cash.get(cashKey);
    if (invoice === undefined || cash === undefined || cash.currency !== invoice.currency) break;
    const wished = wish.minor === null ? restOf(cash) : wish.minor - applied;
    const minor = minBig(minBig(wished, restOf(cash)), openOf(item));
    if (minor <= 0n) continue;
    emitApplication(draft, { key: cashKey, cash }, { key: invoiceKey, invoice, item }, minor, wish);
    applied += minor;
  }
  return applied;
}

function emitApplication(
  draft: Draft,
  { key: cashKey, cash }: { readonly key: DocumentKey; readonly cash: Cash },
  { key: invoiceKey, invoice, item }: { readonly key: DocumentKey; readonly invoice: Invoice; readonly item: OpenItem },
  minor: bigint,
  wish: Wish,
): void {
  const appliedOn = latest(cash.on, invoice.issuedOn, wish.on, item.freedOn ?? undefined, cash.freedOn ?? undefined);
  const event = {
    applicationId: wish.applicationId ?? automaticNumber(draft, cash),
    company: cash.company,
    ...(cash.kind === 'payment' ? { paymentId: cash.number } : { creditNoteId: cash.number }),
    invoiceId: invoice.number,
    invoiceCompany: invoice.company,
    item: item.number,
    amount: moneyText(minor, cash.currency),
    appliedOn,
    rule: wish.rule,
    ...(wish.line !== undefined && { line: wish.line }),
    ...(wish.contentHash !== undefined && { contentHash: wish.contentHash }),
    moves: [
      moveOf('receivables', -minor, cash.currency, appliedOn, invoiceKey, item.number),
      moveOf(categoryOf(cash), -minor, cash.currency, appliedOn, cashKey),
    ],
  };
  draft.emit('cash.applied.v1', event, appliedOn, [cashKey, invoiceKey]);
}

/** `<payment>~<n>`, the next n that no application of the company has; a long payment's number is cut to fit. */
function automaticNumber(draft: Draft, cash: Cash): string {
  for (let n = cash.applied + 1; ; n++) {
    const suffix = `~${n}`;
    const number = `${firstCharacters(cash.number, MAX_ID_CHARACTERS - suffix.length)}${suffix}`;
    if (!draft.state.index.has(documentKey('application', cash.company, number))) return number;
  }
}

/** Longer ones no message may name. */
const MAX_ID_CHARACTERS = 128;

/** By code point: no half of a surrogate pair is left. */
function firstCharacters(text: string, count: number): string {
  return text.length <= count ? text : [...text].slice(0, count).join('');
}
