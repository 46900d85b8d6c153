import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors';
import { errorCode, isAlive, isServerOf, isTaken, processesIn, waitForExit } from './process-identity';

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
 * Stops a server that an earlier, killed run left behind, and removes a `postmaster.pid` whose process id PostgreSQL
 * would take for a living server: it now belongs to some other program, or to a dead server that nobody has collected.
 * Call with the data folder locked.
 */
export async function clearLeftoverServer(clusterDir: string, warn: (message: string) => void): Promise<void> {
  const left = await readServerFile(clusterDir);
  // Of an id that is free PostgreSQL itself knows what to do.
  if (left === undefined || !isTaken(left.pid)) return;
  if (isAlive(left.pid) && (await isServerOf(left.pid, clusterDir))) {
    warn(`stopping PostgreSQL ${left.pid}, left running by a Duestream process that was killed`);
    return stopServer(left.pid, clusterDir);
  }
  await untilNobodyWorksIn(clusterDir, left.pid);
  await rm(path.join(clusterDir, 'postmaster.pid'), { force: true });
}

/** The file is also PostgreSQL's guard against sessions that outlive their server: it stays until they are gone. */
async function untilNobodyWorksIn(clusterDir: string, pid: number): Promise<void> {
  const deadline = Date.now() + immediateShutdownMs;
  while ((await processesIn(clusterDir)).length > 0) {
    if (Date.now() >= deadline) throw cannotStop(pid, clusterDir, undefined);
    await sleep(20);
  }
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
