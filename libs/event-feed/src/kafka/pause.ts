/** Waits, or less long when `signal` says to stop. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Resolves when any of the signals is raised. */
export async function untilAborted(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (!any.aborted)
    await new Promise<void>((resolve) => any.addEventListener('abort', () => resolve(), { once: true }));
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
