import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type PostgresBinaries, provideBinaries } from './binaries';
import { type Credentials, provideCredentials } from './credentials';
import { EmbeddedPostgresError } from './errors';
import { canTraverse, chooseServerUser, type ServerUser } from './server-user';

/** Standard streams come first, so this is the number an extra open folder has in the child. */
const inheritedFd = 3;

/** A PostgreSQL cluster on disk, and how to run its server. */
export interface Cluster {
  /** Absolute, without symbolic links: also the working folder of its server. */
  readonly clusterDir: string;
  readonly credentials: Credentials;
  spawnServer(port: number, settings: Readonly<Record<string, string>>): ChildProcess;
  close(): Promise<void>;
}

/**
 * Opens the cluster of the data folder, making it first when there is none. Layout:
 * `postgres.credentials` (ours), `postgres/` (owned by the server's user) with the cluster in `postgres/data`.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const base = await realpath(dataDir);
  const home = path.join(base, 'postgres');
  const clusterDir = path.join(home, 'data');
  const user = await chooseServerUser(clusterDir);
  const binaries = await provideBinaries(user, base);
  const version = await clusterVersion(clusterDir);
  assertSameVersion(version, binaries, clusterDir);
  const credentials = await provideCredentials(base, version !== undefined);
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(home, user.uid, user.gid);
  const access = await openHome(home, user);
  try {
    if (version === undefined) await initialise(home, access, binaries, credentials, user);
  } catch (error) {
    await access.close();
    throw error;
  }
  return {
    clusterDir,
    credentials,
    spawnServer: (port, settings) => {
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const args = ['-D', access.pathOf('data'), '-p', String(port), ...flags];
      return spawnAs(user, binaries.postgres, args, access);
    },
    close: () => access.close(),
  };
}

/** How a process of the server's user names files below the home folder. */
interface HomeAccess {
  readonly inherit: readonly number[];
  pathOf(name: string): string;
  close(): Promise<void>;
}

/**
 * A server that runs as another user cannot walk through a folder closed to others (a clone below /root, say). An open
 * folder handed to it leads there without that walk.
 */
async function openHome(home: string, user: ServerUser): Promise<HomeAccess> {
  if (await canTraverse(user, home)) {
    return { inherit: [], pathOf: (name) => path.join(home, name), close: () => Promise.resolve() };
  }
  if (process.platform !== 'linux') {
    throw new EmbeddedPostgresError(
      'embedded-postgres.data-folder-unusable',
      `PostgreSQL does not run as root, and the user it runs as cannot reach ${home}. Start Duestream as an ordinary ` +
        `user, or choose a data folder that others may traverse with DUESTREAM_DATA_DIR.`,
    );
  }
  const folder = await open(home, 'r');
  return {
    inherit: [folder.fd],
    pathOf: (name) => `/proc/self/fd/${inheritedFd}/${name}`,
    close: () => folder.close(),
  };
}

async function initialise(
  home: string,
  access: HomeAccess,
  binaries: PostgresBinaries,
  credentials: Credentials,
  user: ServerUser,
): Promise<void> {
  // Made under another name and renamed when whole, so that an interrupted first start is simply done again.
  const partial = 'initialising';
  const passwordFile = path.join(home, 'initial-password');
  await rm(path.join(home, partial), { recursive: true, force: true });
  try {
    await writeFile(passwordFile, `${credentials.superuserPassword}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
    await runToEnd(
      spawnAs(
        user,
        binaries.initdb,
        [
          `--pgdata=${access.pathOf(partial)}`,
          '--username=postgres',
          `--pwfile=${access.pathOf('initial-password')}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale=C',
          '--no-instructions',
        ],
        access,
      ),
    );
    await rename(path.join(home, partial), path.join(home, 'data'));
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * In a session of its own, so that Ctrl-C reaches only us and we stop the server after its clients; and without our
 * environment, whose PG* variables would change what the server does.
 */
function spawnAs(user: ServerUser, command: string, args: readonly string[], access: HomeAccess): ChildProcess {
  return spawn(command, args, {
    ...(user ?? {}),
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe', ...access.inherit],
  });
}

function runToEnd(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const fail = (reason: string, cause?: Error): void =>
      reject(
        new EmbeddedPostgresError(
          'embedded-postgres.initialisation-failed',
          `PostgreSQL could not create its data folder: ${reason}. ${output.trim()}`,
          { cause },
        ),
      );
    child.once('error', (error) => fail(error.message, error));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else fail(`initdb ended with ${signal ?? code}`);
    });
  });
}

async function clusterVersion(clusterDir: string): Promise<string | undefined> {
  if ((await stat(clusterDir).catch(() => undefined)) === undefined) return undefined;
  return (await readFile(path.join(clusterDir, 'PG_VERSION'), 'utf8')).trim();
}

function assertSameVersion(version: string | undefined, binaries: PostgresBinaries, clusterDir: string): void {
  if (version === undefined || version === binaries.majorVersion) return;
  throw new EmbeddedPostgresError(
    'embedded-postgres.data-folder-unusable',
    `The data in ${clusterDir} was written by PostgreSQL ${version}, the installed binaries are ${binaries.majorVersion}. ` +
      `Start it with the Duestream version that wrote it and move the data with pg_dump.`,
  );
}
