import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFolderInUseError } from './errors';
import { errorCode, isAlive, startMark } from './process-identity';

const maxAttempts = 25;
const longestPauseMs = 80;
/** A claim is withdrawn within milliseconds, so what has stood this long is held. */
const surelyHeldMs = 2_000;
const lockName = /^duestream\.(\d+)\.([0-9a-f]{16})\.lock$/;

export interface DataFolderLock {
  /** Synchronous, because it also runs while the process exits. */
  release(): void;
}

/**
 * Makes this process the only one that runs a server on the folder. Each candidate first puts down a file named after
 * itself and then looks for others: of two, at least one sees the other, and who sees another living one withdraws.
 * No name is used twice, so the files of dead processes can be removed by anybody at any time.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const ours = `duestream.${process.pid}.${await fingerprint(process.pid)}.lock`;
  const file = path.join(dataDir, ours);
  for (let attempt = 1; ; attempt++) {
    await claim(file, dataDir);
    const other = await findOther(dataDir, ours).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
    if (other === undefined) return { release: () => rmSync(file, { force: true }) };
    await rm(file, { force: true });
    if (other.ageMs > surelyHeldMs || attempt === maxAttempts) throw new DataFolderInUseError(dataDir, other.pid);
    // Two that start at once may both have withdrawn: a random pause lets one of them be alone.
    await sleep(Math.random() * longestPauseMs);
  }
}

async function claim(file: string, dataDir: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new DataFolderInUseError(dataDir, process.pid);
    throw error;
  }
}

async function findOther(dataDir: string, ours: string): Promise<{ pid: number; ageMs: number } | undefined> {
  for (const name of await readdir(dataDir)) {
    const [, pidText = '', mark] = lockName.exec(name) ?? [];
    if (mark === undefined || name === ours) continue;
    const pid = Number(pidText);
    const file = path.join(dataDir, name);
    if (await isHolder(pid, mark)) {
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
      return { pid, ageMs: Date.now() - mtimeMs };
    }
    await rm(file, { force: true });
  }
  return undefined;
}

/** Where the system hides when a process started, a living one is taken for the holder. */
async function isHolder(pid: number, mark: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  return (await startMark(pid)) === undefined || (await fingerprint(pid)) === mark;
}

async function fingerprint(pid: number): Promise<string> {
  return createHash('sha256')
    .update((await startMark(pid)) ?? '')
    .digest('hex')
    .slice(0, 16);
}
