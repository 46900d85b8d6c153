import type { AccountId, DocumentKey } from '../documents';
import type { KeptMessage, Personal } from '../events';
import { commandKey } from '../keys';
import type { Command, Enforcement, InboundMessage } from '../messages';
import { apart } from '../personal';

/** The message as an event keeps it, its personal fields apart. */
export function kept(message: InboundMessage, enforcement: Enforcement): { message: KeptMessage; personal?: Personal } {
  const { type, source, id, time, contentHash } = message;
  const { personal, ...data } = apart(message.data);
  const whole = { type, source, id, contentHash, enforcement, data, ...(time === undefined ? {} : { time }) };
  return personal === undefined ? { message: whole } : { message: whole, personal };
}

export function withPersonal(message: KeptMessage, personal: Personal | undefined): KeptMessage {
  return personal === undefined ? message : { ...message, data: Object.assign({}, message.data, personal) };
}

/** The message again, as it was sent. Its schema accepted it when it came. */
export function commandOf(accountId: AccountId, message: KeptMessage): Command {
  const { type, source, id, time, contentHash, data } = message;
  const command = { type, accountId, source, id, contentHash, data, ...(time === undefined ? {} : { time }) };
  return command as Command;
}

export function keptKey(accountId: AccountId, message: KeptMessage): DocumentKey {
  return commandKey(commandOf(accountId, message));
}
