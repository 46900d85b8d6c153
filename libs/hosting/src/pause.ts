import { setTimeout as sleep } from 'node:timers/promises';

/** Ends early, and without an error, when it is stopped. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  // Rejects only when it is stopped, which is what ends the pause.
  await sleep(ms, undefined, { signal: stopped }).catch(() => undefined);
}
