export interface LoopResult {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
}

/**
 * `clients` that each wait for their answer before they ask again, for a time. `once` answers false for a failure.
 * What is under way at the end is waited for and counted, and so is its time.
 */
export async function closedLoop(clients: number, seconds: number, once: () => Promise<boolean>): Promise<LoopResult> {
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let [done, failed] = [0, 0];
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const isDone = await once();
      if (isDone) done += 1;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { done, failed, seconds: (performance.now() - startedMs) / 1000 };
}

export function perSecond({ done, seconds }: LoopResult): number {
  return done / seconds;
}
