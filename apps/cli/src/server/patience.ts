import { setTimeout as delay } from 'node:timers/promises';
import { CliError, messageOf } from '../terminal/cli-error';
import { ConnectionLost, ServerProblem } from './client';

const MAX_ATTEMPTS = 12;
const MAX_WAIT_MS = 15_000;
const FIRST_WAIT_MS = 200;
/** Too many requests, or the server or what stands before it is away for now. */
const PASSING = new Set([429, 502, 503, 504]);

export interface Patience {
  readonly signal: AbortSignal;
  /** Why it is tried again, and when. */
  readonly onWait: (why: string, seconds: string) => void;
}

/** What failed for good: as the last time, and how often it was tried. */
export class OutOfPatience extends CliError {
  constructor(
    override readonly cause: unknown,
    readonly attempts: number,
  ) {
    super(cause instanceof CliError ? cause.code : 'server.gave-up', messageOf(cause));
  }
}

/** Tries until it goes well or would not get better: for what is safe to ask twice. Rejects with `OutOfPatience`. */
export async function patiently<Result>(ask: () => Promise<Result>, { signal, onWait }: Patience): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = waitBefore(error, attempt);
      if (waitMs === null || attempt === MAX_ATTEMPTS) throw new OutOfPatience(error, attempt);
      onWait(messageOf(error), (waitMs / 1000).toFixed(1));
      await delay(waitMs, undefined, { signal });
    }
  }
}

/** Null: trying again would not help. */
function waitBefore(error: unknown, attempt: number): number | null {
  const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS) * (0.75 + Math.random() / 2);
  if (error instanceof ConnectionLost) return backoffMs;
  if (!(error instanceof ServerProblem) || !PASSING.has(error.problem.status)) return null;
  return error.retryAfterSeconds === null ? backoffMs : Math.min(error.retryAfterSeconds * 1000, MAX_WAIT_MS);
}
