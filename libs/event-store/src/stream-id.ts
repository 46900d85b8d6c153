import type { AccountId } from '@duestream/domain';

/** Every account's stream begins with it, and no other stream does. */
export const ACCOUNT_STREAM_PREFIX = 'account-';

/** The stream of a credit account: `account-C-1001`. */
export function accountStreamId(accountId: AccountId): string {
  return ACCOUNT_STREAM_PREFIX + accountId;
}

/** The account of a stream, or null when the stream is not an account's. */
export function accountIdOfStream(streamId: string): AccountId | null {
  return streamId.startsWith(ACCOUNT_STREAM_PREFIX)
    ? (streamId.slice(ACCOUNT_STREAM_PREFIX.length) as AccountId)
    : null;
}
