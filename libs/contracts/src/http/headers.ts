/** Answered by every query: how far its read model is. */
export const POSITION_HEADER = 'duestream-position';
/** Sent with a query: wait (at most 5 s) until the read model has this position of a write. */
export const MIN_POSITION_HEADER = 'duestream-min-position';
/** Who acts, until there is authentication. */
export const ACTOR_HEADER = 'duestream-actor';
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** The largest batch of `POST /v1/messages`. */
export const MAX_BATCH_MESSAGES = 1_000;
/** The largest page of any list. */
export const MAX_PAGE_ITEMS = 1_000;
/** How long a query with `Duestream-Min-Position` waits before it answers that the read model is behind. */
export const MIN_POSITION_WAIT_MS = 5_000;
/** The batch door. */
export const MESSAGES_PATH = '/v1/messages';
