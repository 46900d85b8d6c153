import { moneyOf } from '../../money/money';
import { applyCash } from '../cash/apply';
import { documentKey, documentRef, type DocumentKey } from '../documents';
import type { RecordedEvent } from '../events';
import { isKnown, type Draft, type Handled } from '../draft';
import { takeFromOrder, type TakenByInvoice } from '../invoice/issue';
import { indexedBy } from '../keys';
import type { Command, InboundMessage } from '../messages';
import { emitWaiting } from './keep';
import { commandOf } from './kept';
import type { LinkFacts, Waiting } from './waiting';

type Handle = (draft: Draft, command: Command, late: boolean) => Handled;

/**
 * Lets everything take effect that had waited for a document of this command, in the order in which it came, and then
 * what had waited for that in turn.
 */
export function resumeWaiting(draft: Draft, handle: Handle): void {
  const cause = draft.cause;
  for (let next = 0; next < draft.recorded.length; next++) {
    if (draft.state.waiting.size === 0) return;
    const event = draft.recorded[next];
    const key = event === undefined ? undefined : (indexedBy(event)?.key ?? lapsedBy(event));
    if (key === undefined || !isKnown(draft.state, key)) continue;
    for (const [id, entry] of inTurn(draft, key)) {
      if (draft.state.waiting.get(id) !== entry) continue;
      resume(draft, id, entry, handle);
      draft.cause = cause;
    }
  }
}

/** What invoices that came before their order take out of it, in the order in which they came. */
export function invoicesAwaiting(draft: Draft, order: DocumentKey): TakenByInvoice[] {
  return inTurn(draft, order).flatMap(([, entry]) =>
    entry.kind === 'link' && entry.facts.of === 'invoice' ? [takenBy(entry.document, entry.facts)] : [],
  );
}

/** What waited for something that lapsed lapses with it. */
function lapsedBy(event: RecordedEvent): DocumentKey | undefined {
  if (event.type !== 'message.lapsed.v1') return undefined;
  const { kind, company, number } = event.data.document;
  return documentKey(kind, company, number);
}

function inTurn(draft: Draft, key: DocumentKey): [string, Waiting][] {
  const entries: [string, Waiting][] = [];
  for (const id of draft.state.awaited.get(key) ?? []) {
    const entry = draft.state.waiting.get(id);
    if (entry !== undefined) entries.push([id, entry]);
  }
  return entries.sort(([, a], [, b]) => a.revision - b.revision || lineOf(a) - lineOf(b));
}

function lineOf(entry: Waiting): number {
  return entry.kind === 'link' ? (entry.line ?? 0) : 0;
}

function resume(draft: Draft, id: string, entry: Waiting, handle: Handle): void {
  if (entry.kind === 'link') {
    const lapsed = makeLink(draft, entry);
    if (lapsed !== null) lapse(draft, entry.document, entry, lapsed.code, lapsed.detail);
    return;
  }
  const { message } = entry;
  const command = commandOf(draft.state.accountId, message);
  draft.cause = command;
  const handled = draft.under(message.enforcement, () => handle(draft, command, true));
  // A handler that waits or refuses has emitted nothing.
  if (handled.kind === 'wait') emitWaiting(draft, command as InboundMessage, handled.for, message.enforcement);
  if (handled.kind === 'refuse') lapse(draft, id as DocumentKey, entry, handled.refusal.code, handled.refusal.detail);
}

/** Null when the link was made, else why it could not be. */
function makeLink(draft: Draft, entry: Waiting & { readonly kind: 'link' }): { code: string; detail: string } | null {
  const { facts, document, waitsFor, line } = entry;
  if (facts.of === 'invoice') {
    const { kind, number } = documentRef(waitsFor);
    if (kind === 'shipment')
      return { code: 'shipment.not-of-order', detail: `shipment ${number} is not one of the order` };
    if (takeFromOrder(draft, waitsFor, takenBy(document, facts))) return null;
    return { code: 'order.currency', detail: `order ${number} is in another currency than the invoice` };
  }
  const applied = applyCash(draft, document, waitsFor, {
    minor: facts.amount === null ? null : moneyOf(facts.amount).minor,
    item: facts.instalment,
    rule: documentRef(document).kind === 'payment' ? 'remittance' : 'credit-note',
    ...(line !== null && { line }),
  });
  return applied > 0n ? null : { code: 'nothing-open', detail: 'nothing was left to settle, or to settle it with' };
}

function takenBy(document: DocumentKey, facts: LinkFacts & { readonly of: 'invoice' }): TakenByInvoice {
  const { amount, issuedOn, shipmentId, final } = facts;
  return { invoiceId: documentRef(document).number, amount, issuedOn, shipmentId, final };
}

function lapse(draft: Draft, document: DocumentKey, entry: Waiting, code: string, detail: string): void {
  const line = entry.kind === 'link' && entry.line !== null ? { line: entry.line } : {};
  const event = { document: documentRef(document), ...line, waitedFor: documentRef(entry.waitsFor), code, detail };
  draft.emit('message.lapsed.v1', event, draft.businessDate, []);
}
