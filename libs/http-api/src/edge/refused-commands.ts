/** What a single command is answered with when it was refused before it came to its account. */
const OF_ITS_SHAPE: ReadonlySet<number> = new Set([400, 413, 415]);

/** Whether the answer refuses a command because of its shape; `route` is the pattern of its address. */
export function isMisshapenCommand(method: string, route: string, status: number): boolean {
  if (!OF_ITS_SHAPE.has(status) || (method !== 'POST' && method !== 'PUT')) return false;
  return route.startsWith(ACCOUNTS) && !route.endsWith(CHECK);
}

const ACCOUNTS = '/v1/accounts/';
/** Writes nothing, whatever its answer. */
const CHECK = '/orders/check';
