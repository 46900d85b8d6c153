import { moneyOf } from '../../money/money';
import { applyCash } from '../cash/apply';
import { documentRef, type DocumentKey } from '../documents';
import { isKnown, type Draft, type Handled } from '../draft';
import { takeFromOrder } from '../invoice/issue';
import { indexedBy } from '../keys';
import type { Command, InboundMessage } from '../messages';
import { emitWaiting } from './keep';
import { commandOf } from './kept';
import type { Waiting } from './waiting';

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
    const key = event === undefined ? undefined : indexedBy(event)?.key;
    if (key === undefined || !isKnown(draft.state, key)) continue;
    for (const [id, entry] of inTurn(draft, key)) {
      if (draft.state.waiting.get(id) !== entry) continue;
      resume(draft, id, entry, handle);
      draft.cause = cause;
    }
  }
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
    if (!makeLink(draft, entry)) lapse(draft, entry.document, entry, 'nothing-open', 'nothing was left to settle');
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

function makeLink(draft: Draft, entry: Waiting & { readonly kind: 'link' }): boolean {
  const { facts, document, waitsFor, line } = entry;
  if (facts.of === 'invoice') {
    if (documentRef(waitsFor).kind !== 'order') return true;
    return takeFromOrder(draft, waitsFor, { ...facts, invoiceId: documentRef(document).number });
  }
  const applied = applyCash(draft, document, waitsFor, {
    minor: facts.amount === null ? null : moneyOf(facts.amount).minor,
    item: facts.instalment,
    rule: documentRef(document).kind === 'payment' ? 'remittance' : 'credit-note',
    ...(line !== null && { line }),
  });
  return applied > 0n;
}

function lapse(draft: Draft, document: DocumentKey, entry: Waiting, code: string, detail: string): void {
  const line = entry.kind === 'link' && entry.line !== null ? { line: entry.line } : {};
  const event = { document: documentRef(document), ...line, waitedFor: documentRef(entry.waitsFor), code, detail };
  draft.emit('message.lapsed.v1', event, draft.businessDate, []);
}
