import { documentRef, type DocumentKey } from '../documents';
import type { Draft } from '../draft';
import type { Command, Enforcement, InboundMessage } from '../messages';
import type { Result } from '../result';
import { kept } from './kept';
import { MAX_WAITING } from './waiting';

/** Keeps a message whole until its document comes. Only inbound messages wait: staff act on what is there. */
export function keepWaiting(draft: Draft, command: Command, waitsFor: DocumentKey): Result {
  if (draft.state.waiting.size >= MAX_WAITING) {
    const detail = `${MAX_WAITING} messages of this account wait already`;
    const refusal = { kind: 'rule', code: 'waiting.full', detail, facts: { limit: String(MAX_WAITING) } } as const;
    return { status: 'refused', refusal };
  }
  emitWaiting(draft, command as InboundMessage, waitsFor, draft.context.enforcement);
  return { status: 'waiting', events: draft.events, waitingFor: [documentRef(waitsFor)] };
}

export function emitWaiting(
  draft: Draft,
  message: InboundMessage,
  waitsFor: DocumentKey,
  enforcement: Enforcement,
): void {
  const event = { ...kept(message, enforcement), waitingFor: documentRef(waitsFor) };
  draft.emit('message.waiting.v1', event, draft.businessDate, []);
}
