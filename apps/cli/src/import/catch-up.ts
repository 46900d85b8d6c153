import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, ServerProblem, type SentBatch, type ServerClient } from '../server/client';

const POLL_MS = 100;
export const READ_MODEL_PATIENCE_MS = 60_000;

/**
 * What the read models must reach to show all that was sent. A batch that wrote stands behind all before it. One that
 * wrote nothing has the positions at which its messages were written, however long ago.
 */
export class Awaited {
  private readonly known = new Set<string>();
  private written: string | null = null;

  add({ answers, position }: SentBatch): void {
    if (position === null) return;
    if (answers.items.some(({ status }) => status === 'accepted' || status === 'waiting')) {
      this.known.clear();
      this.written = position;
    }
    this.known.add(position);
  }

  get positions(): readonly string[] {
    return [...this.known];
  }

  /** Of the last write; that of the last answer when nothing was written. */
  get last(): string | null {
    return this.written ?? this.positions.at(-1) ?? null;
  }
}

/** True when the read models have reached every position; false when they have not after `patienceMs`. */
export async function waitForReadModels(
  server: ServerClient,
  positions: readonly string[],
  patienceMs: number,
): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (const position of positions) {
    while (!(await hasReached(server, position))) {
      if (Date.now() >= deadline) return false;
      await delay(POLL_MS);
    }
  }
  return true;
}

async function hasReached(server: ServerClient, position: string): Promise<boolean> {
  try {
    return await server.hasReached(position);
  } catch (error) {
    // Away for a moment, like any answer that comes too late.
    if (error instanceof ConnectionLost || (error instanceof ServerProblem && error.problem.status >= 500))
      return false;
    throw error;
  }
}
