import { canonicalJson, sha256Hex } from '@duestream/contracts';
import type { AccountId, CommandOf, MessageDataByType, MessageType } from '@duestream/domain';
import type { CommandContext, CommandRequest } from '@duestream/application';

const BY_BENCH: CommandContext = {
  actor: { id: 'bench', via: 'bench', authenticated: true },
  enforcement: 'enforce',
  businessDate: 'today',
};

/** Far above what any measure orders: each order is decided on in full and approved. */
const LIMIT = '90000000000.00';

export function accountIds(count: number): readonly AccountId[] {
  return Array.from({ length: count }, (_, index) => `C-${100_000 + index}` as AccountId);
}

/** What opens an account and sets its limit. */
export function opening(accountId: AccountId): readonly CommandRequest[] {
  return [
    request('account.opened.v1', accountId, 'open', { name: `Customer ${accountId}`, currency: 'EUR' }),
    request('limit.set.v1', accountId, 'limit', { amount: { amount: LIMIT, currency: 'EUR' } }),
  ];
}

/** Orders without end, over the accounts in a fixed pseudo-random order, no two alike. */
export function* orders(accounts: readonly AccountId[]): Generator<CommandRequest, never> {
  for (let number = 0; ; number += 1) {
    const accountId = accounts[(Math.imul(number, 0x9e3779b1) >>> 0) % accounts.length];
    if (accountId === undefined) throw new RangeError('orders need accounts');
    yield request('order.placed.v1', accountId, `order-${number}`, orderData(number));
  }
}

export function orderData(number: number): MessageDataByType['order.placed.v1'] {
  const cents = 1000 + ((Math.imul(number, 7919) >>> 0) % 90_000);
  const amount = { amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`, currency: 'EUR' };
  return {
    orderId: `SO-${number}`,
    amount,
    shipBy: '2030-03-09',
    terms: 'NET30',
  } as MessageDataByType['order.placed.v1'];
}

function request<T extends MessageType>(
  type: T,
  accountId: AccountId,
  id: string,
  data: MessageDataByType[T],
): CommandRequest {
  const contentHash = sha256Hex(canonicalJson(data));
  const command = { type, accountId, source: '/bench', id, data, contentHash };
  // `type` and `data` belong together; the compiler cannot follow that.
  return { command: command as unknown as CommandOf<T>, context: BY_BENCH } as CommandRequest;
}
