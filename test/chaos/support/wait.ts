import { setTimeout as delay } from 'node:timers/promises';

/** Looks until something is there. Rejects with what was waited for when it does not come in time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { everyMs = 10, withinMs = 60_000 } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`in ${withinMs} ms there was not: ${what}`);
    await delay(everyMs);
  }
}
