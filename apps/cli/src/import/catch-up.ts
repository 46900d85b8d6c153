import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, ServerProblem, type ServerClient } from '../server/client';

const POLL_MS = 100;
export const READ_MODEL_PATIENCE_MS = 60_000;

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
