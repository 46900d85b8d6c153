import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { errorCode, isAlive, isServerOf, waitForExit } from './process-identity';

const fastShutdownMs = 60_000;
const immediateShutdownMs = 10_000;

export interface ServerFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`, which PostgreSQL keeps while it runs and leaves behind when it is killed. */
export async function readServerFile(clusterDir: string): Promise<ServerFile | undefined> {
  try {
    const lines = (await readFile(path.join(clusterDir, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, ready: lines[7]?.trim() === 'ready' };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Stops a server that an earlier, killed run left behind, and removes a `postmaster.pid` whose process id now belongs
 * to some other program: PostgreSQL itself would refuse to start because of it. Call with the data folder locked.
 */
export async function clearLeftoverServer(clusterDir: string, warn: (message: string) => void): Promise<void> {
  const left = await readServerFile(clusterDir);
  if (left === undefined || !isAlive(left.pid)) return;
  if (!(await isServerOf(left.pid, clusterDir))) {
    await rm(path.join(clusterDir, 'postmaster.pid'), { force: true });
    return;
  }
  warn(`stopping PostgreSQL ${left.pid}, left running by a Duestream process that was killed`);
  await stopServer(left.pid, clusterDir);
}

/** SIGINT ends sessions and writes a checkpoint; SIGQUIT leaves the rest to recovery at the next start. */
async function stopServer(pid: number, clusterDir: string): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return;
      throw cannotStop(pid, clusterDir, error);
    }
    if (await waitForExit(pid, timeoutMs)) return;
  }
  throw cannotStop(pid, clusterDir, undefined);
}

function cannotStop(pid: number, clusterDir: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded-postgres.start-failed',
    `A PostgreSQL server left by an earlier run (process ${pid}) works in ${clusterDir} and could not be stopped. ` +
      `Stop it by hand and start again.`,
    { cause },
  );
}
