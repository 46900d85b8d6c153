import { canonicalJson, sha256Hex } from '@duestream/contracts';
import type { AccountId, InboundMessage, MessageDataByType, MessageType } from '@duestream/domain';
import type { CommandContext, CommandRequest } from '../processor/requests';

export const ACCOUNT = 'C-1001' as AccountId;

export const BY_TEST: CommandContext = {
  actor: { id: 'tester', via: 'test', authenticated: true },
  enforcement: 'enforce',
  businessDate: 'today',
};

/** A message as the edges hand it over. Its id is derived from its content unless one is given. */
export function message<T extends MessageType>(
  type: T,
  data: MessageDataByType[T],
  { accountId = ACCOUNT, id }: { readonly accountId?: AccountId; readonly id?: string } = {},
): InboundMessage {
  const contentHash = sha256Hex(canonicalJson(data));
  const command = { type, accountId, source: '/test', id: id ?? `${type} ${contentHash}`, data, contentHash };
  // The compiler cannot follow that `type` and `data` belong together.
  return command as InboundMessage;
}

export function request(command: InboundMessage, context: Partial<CommandContext> = {}): CommandRequest {
  return { command, context: { ...BY_TEST, ...context } };
}

export const euros = (amount: string): { readonly amount: string; readonly currency: 'EUR' } => ({
  amount,
  currency: 'EUR',
});

export const opened = (accountId = ACCOUNT): CommandRequest =>
  request(message('account.opened.v1', { name: 'Ada & Co', currency: 'EUR' }, { accountId }));

export const limitOf = (amount: string, accountId = ACCOUNT): CommandRequest =>
  request(message('limit.set.v1', { amount: euros(amount) }, { accountId }));

export const order = (orderId: string, amount: string, accountId = ACCOUNT): CommandRequest =>
  request(message('order.placed.v1', { orderId, amount: euros(amount) }, { accountId }));
