import type { AccountId } from '@duestream/domain';

const PREFIX = 'account-';

/** The stream of a credit account: `account-C-1001`. */
export function accountStreamId(accountId: AccountId): string {
  return PREFIX + accountId;
}

/** The account of a stream, or null when the stream is not an account's. */
export function accountIdOfStream(streamId: string): AccountId | null {
  return streamId.startsWith(PREFIX) ? (streamId.slice(PREFIX.length) as AccountId) : null;
}
