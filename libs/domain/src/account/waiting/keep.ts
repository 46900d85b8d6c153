import { documentRef, type DocumentKey } from '../documents';
import type { Draft } from '../draft';
import { DATE_FIELD } from '../document-date';
import type { Command, Enforcement, InboundMessage } from '../messages';
import type { Refusal } from '../result';
import { kept } from './kept';
import { MAX_WAITING } from './waiting';

/** Keeps a message whole until its document comes, or says why it can't. Only inbound messages wait: staff act on what is there. */
export function keepWaiting(draft: Draft, command: Command, waitsFor: DocumentKey): Refusal | null {
  const full = tooManyWaiting(draft, 1);
  if (full !== null) return full;
  emitWaiting(draft, onItsDay(command as InboundMessage, draft), waitsFor, draft.context.enforcement);
  return null;
}

/** The refusal of what would make more than `MAX_WAITING` things of the account wait. */
export function tooManyWaiting(draft: Draft, more: number): Refusal | null {
  if (draft.state.waiting.size + more <= MAX_WAITING) return null;
  const detail = `at most ${MAX_WAITING} messages and links of one account may wait, and ${draft.state.waiting.size} do`;
  const facts = { limit: String(MAX_WAITING) };
  return { kind: 'rule', code: 'waiting.full', detail, commandField: 'accountId', facts };
}

export function emitWaiting(
  draft: Draft,
  message: InboundMessage,
  waitsFor: DocumentKey,
  enforcement: Enforcement,
): void {
  const event = { waitingFor: documentRef(waitsFor), ...kept(message, enforcement) };
  draft.emit('message.waiting.v1', event, draft.businessDate, []);
}

/** A message without a date is of the day on which it came, not of the day on which it takes effect. */
function onItsDay(message: InboundMessage, draft: Draft): InboundMessage {
  const field = DATE_FIELD[message.type];
  if (field === null || field in message.data) return message;
  const data = { [field]: draft.businessDate, ...message.data };
  return { ...message, data } as InboundMessage;
}
