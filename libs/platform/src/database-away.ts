/**
 * Whether an error says that PostgreSQL cannot be reached, broke off or takes nobody now: the same may go well soon. It
 * may be wrapped by whatever spoke to the database. A broken connection of somebody else looks alike.
 */
export function isDatabaseAway(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth += 1) {
    if (AWAY_MESSAGES.has(cause.message) || AWAY_CODE.test(codeOf(cause))) return true;
    cause = cause.cause;
  }
  return false;
}

const MAX_CAUSES = 5;

/** Sockets' errors; SQLSTATE: connection exceptions, the server shuts down, crashed or starts, no connection is left. */
const AWAY_CODE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0[123]|53300)$/;

/** What the client says of itself has no code. */
const AWAY_MESSAGES: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
]);

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
