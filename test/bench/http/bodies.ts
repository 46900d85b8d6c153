import type { AccountId } from '@duestream/domain';
import { opening, orderData } from '../support/orders';

/** An order as an element of `POST /v1/messages`. */
export function orderMessage(accountId: AccountId, number: number): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `order-${number}`,
    source: '/bench',
    type: 'order.placed.v1',
    subject: accountId,
    data: orderData(number),
  });
}

/** Batches of orders over the accounts, no two orders alike, counted on from `firstNumber`. */
export function orderBatches(
  accounts: readonly AccountId[],
  batches: number,
  size: number,
  firstNumber = 0,
): readonly string[] {
  return Array.from({ length: batches }, (_, batch) => {
    const first = firstNumber + batch * size;
    return `[${Array.from({ length: size }, (_, n) => orderMessage(accountAt(accounts, first + n), first + n)).join(',')}]`;
  });
}

export function accountAt(accounts: readonly AccountId[], number: number): AccountId {
  const accountId = accounts[(Math.imul(number, 0x9e3779b1) >>> 0) % accounts.length];
  if (accountId === undefined) throw new RangeError('orders need accounts');
  return accountId;
}

/** Opens the accounts, with a limit that no measure exhausts. */
export async function openAccounts(url: string, accounts: readonly AccountId[]): Promise<void> {
  for (let from = 0; from < accounts.length; from += 500) {
    const messages = accounts.slice(from, from + 500).flatMap((accountId) =>
      opening(accountId).map(({ command: { type, source, id, data } }) => ({
        ...{ specversion: '1.0', id, source, type, subject: accountId, data },
      })),
    );
    await postMessages(url, JSON.stringify(messages));
  }
}

/** Answers how many messages were accepted. */
export async function postMessages(url: string, body: string): Promise<number> {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the server answered ${response.status}: ${text.slice(0, 300)}`);
  return text.split('"status":"accepted"').length - 1;
}
