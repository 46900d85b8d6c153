/** One Ctrl-C reaches a program of npm twice, from the terminal and from npm; a second one of somebody takes longer. */
const SAME_KEY_MS = 1_000;
/** Of a process that a signal of the terminal ended, as shells count it. */
export const EXIT_INTERRUPTED = 130;
/** Said at the first signal. */
export const STOPPING = 'stopping: what is in flight is finished; Ctrl-C again ends it at once';

export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly happened: Promise<void>;
  /** From now on signals do again what they do without us. */
  readonly ignore: () => void;
}

interface Surroundings {
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly nowMs: () => number;
  readonly exit: (code: number) => void;
}

const OURS: Surroundings = { process, nowMs: () => performance.now(), exit: (code) => process.exit(code) };

/** For a process that stops in order when it is asked to. Ctrl-C once more, a second later or more, ends it at once. */
export function interruption({ process: own, nowMs, exit }: Surroundings = OURS): Interruption {
  const aborting = new AbortController();
  let firstMs: number | null = null;
  const stop = (): void => {
    firstMs ??= nowMs();
    aborting.abort();
  };
  const interrupt = (): void => {
    if (firstMs !== null && nowMs() - firstMs >= SAME_KEY_MS) exit(EXIT_INTERRUPTED);
    else stop();
  };
  own.on('SIGINT', interrupt);
  own.on('SIGTERM', stop);
  return {
    signal: aborting.signal,
    happened: new Promise((resolve) => aborting.signal.addEventListener('abort', () => resolve(), { once: true })),
    ignore: () => {
      own.off('SIGINT', interrupt);
      own.off('SIGTERM', stop);
    },
  };
}
