import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DataFolderInUseError } from './errors';
import { errorCode, isAlive, startMark } from './process-identity';

const maxAttempts = 20;

interface Owner {
  readonly pid: number;
  readonly startMark: string;
}

export interface DataFolderLock {
  /** Synchronous, because it also runs while the process exits. */
  release(): void;
}

/** Makes this process the only one that runs a server on the folder. A lock left behind by a dead process is replaced. */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const lockFile = path.join(dataDir, 'duestream.lock');
  const ours = JSON.stringify({ pid: process.pid, startMark: (await startMark(process.pid)) ?? '' });
  const candidate = path.join(dataDir, `duestream.lock.${randomUUID()}`);
  await writeFile(candidate, ours, { mode: 0o600 });
  try {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      // link() fails when the name exists, so of two processes exactly one gets it, with its content already whole.
      if (await linkIfAbsent(candidate, lockFile)) return { release: () => rmSync(lockFile, { force: true }) };
      const owner = await readOwner(lockFile);
      if (owner !== undefined && (await isRunning(owner))) throw new DataFolderInUseError(dataDir, owner.pid);
      await discard(lockFile, owner);
    }
    throw new Error(`Could not take the lock ${lockFile} in ${maxAttempts} attempts.`);
  } finally {
    await rm(candidate, { force: true });
  }
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isRunning(owner: Owner): Promise<boolean> {
  return isAlive(owner.pid) && (await startMark(owner.pid)) === owner.startMark;
}

/** Another process may replace the dead lock at the same moment: put back what is not the one that was judged dead. */
async function discard(lockFile: string, judged: Owner | undefined): Promise<void> {
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    await rename(lockFile, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved?.pid !== judged?.pid || moved?.startMark !== judged?.startMark) await linkIfAbsent(aside, lockFile);
  await rm(aside, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isOwner(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Owner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'startMark' in value &&
    typeof value.startMark === 'string'
  );
}
