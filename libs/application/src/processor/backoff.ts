import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** Waits before attempt `attempt` + 1: twice as long each time, with full jitter so that rivals part. */
export async function backOff(attempt: number, { firstDelayMs, maxDelayMs }: Backoff): Promise<void> {
  const ceilingMs = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt, 20));
  await delay(Math.random() * ceilingMs);
}
