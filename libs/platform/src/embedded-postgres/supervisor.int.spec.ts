import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type DeathGuard, guardAgainstDeath } from '../testing/death-guard';
import { DataFolderInUseError } from './errors';
import { isAlive, waitForExit } from './process-identity';
import { type EmbeddedPostgres, type EmbeddedPostgresState, startEmbeddedPostgres } from './supervisor';

const root = path.resolve(__dirname, '../../../..');
const run = promisify(execFile);
const warnings: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => void warnings.push(message),
  error: () => undefined,
};

let base = '';
let dataDir = '';
let guard: DeathGuard | undefined;
const running = new Set<EmbeddedPostgres>();
const children = new Set<ChildProcess>();

beforeAll(() => run(process.execPath, [path.join(root, 'scripts/build.mjs')]));

beforeEach(async () => {
  warnings.length = 0;
  base = await mkdtemp(path.join(tmpdir(), 'duestream-supervisor-'));
  dataDir = path.join(base, 'data');
  guard = guardAgainstDeath(base);
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of running) await server.stop();
  await stopOrphan();
  children.clear();
  running.clear();
  await rm(base, { recursive: true, force: true });
  guard?.dismiss();
});

test('keeps data, port and passwords across a clean stop and start', async () => {
  const first = await start();
  await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const url = first.connectionString();
  await first.stop();
  expect(first.state()).toEqual({ status: 'stopped' });

  const second = await start({ port: Number(new URL(url).port) });

  expect(second.connectionString()).toBe(url);
  expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('is durable, UTF-8, sorts by bytes and listens on the loopback address only', async () => {
  const server = await start();

  const [settings] = await query(
    server,
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
            current_setting('full_page_writes') AS pages, current_setting('server_encoding') AS encoding,
            current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
            (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS collation`,
  );

  expect(settings).toEqual({
    fsync: 'on',
    commit: 'on',
    pages: 'on',
    encoding: 'UTF8',
    addresses: '127.0.0.1',
    sockets: '',
    collation: 'C',
  });
  const { mode } = await stat(path.join(dataDir, 'postgres.credentials'));
  expect(mode & 0o777).toBe(0o600);
  await expect(
    connect(`postgresql://duestream:wrong@127.0.0.1:${server.port}/duestream`).then((client) => client.end()),
  ).rejects.toThrow(/password authentication failed/);
});

test('starts a killed server again and reports each state with its reason', async () => {
  const server = await start();
  await query(server, 'CREATE TABLE kept AS SELECT 1 AS answer');
  const states: EmbeddedPostgresState[] = [];
  server.onState((state) => states.push(state));
  const { pid } = readyState(server);

  process.kill(pid, 'SIGKILL');
  await until(server, 'down');
  const again = await until(server, 'ready');

  expect(again).not.toEqual({ status: 'ready', pid });
  expect(states[0]).toMatchObject({ status: 'down', reason: 'the server ended with SIGKILL' });
  expect(await query(server, 'SELECT answer FROM kept')).toEqual([{ answer: 1 }]);
});

test('starts a server that was killed again and again without waiting longer and longer', async () => {
  const server = await start();
  const waits: number[] = [];
  server.onState((state) => state.status === 'down' && waits.push(state.retryInMs));

  for (let kills = 0; kills < 4; kills += 1) {
    process.kill(readyState(server).pid, 'SIGKILL');
    await until(server, 'down');
    await until(server, 'ready');
  }

  expect(waits.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
}, 180_000);

test('does not start a server again that died while it is being stopped', async () => {
  const server = await start();
  process.kill(readyState(server).pid, 'SIGKILL');

  await server.stop();

  expect(server.state()).toEqual({ status: 'stopped' });
});

test('refuses a second start on the same data folder and names the process that has it', async () => {
  await start();

  const refused = start();

  await expect(refused).rejects.toThrow(DataFolderInUseError);
  await expect(refused).rejects.toThrow(new RegExp(`in use by the running Duestream process ${process.pid}\\.`));
});

test('refuses a folder that another process has, and takes it over with its data when that one was killed', async () => {
  const other = await startInChild();
  await expect(start()).rejects.toMatchObject({ pid: other.child.pid });

  other.child.kill('SIGKILL');
  await once(other.child, 'exit');
  expect(isAlive(other.serverPid)).toBe(true);
  const server = await start();

  expect(isAlive(other.serverPid)).toBe(false);
  expect(warnings).toContainEqual(expect.stringContaining(`stopping PostgreSQL ${other.serverPid}`));
  expect(await query(server, 'SELECT answer FROM written_by_child')).toEqual([{ answer: 7 }]);
});

test('of many processes that start at once after a crash, exactly one gets the folder', async () => {
  const crashed = await startInChild();
  crashed.child.kill('SIGKILL');
  await once(crashed.child, 'exit');

  const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => startInChild()));

  const started = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  expect(started).toHaveLength(1);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') {
      expect(String(attempt.reason)).toContain(`in use by the running Duestream process ${started[0]?.child.pid}.`);
    }
  }
});

test('ignores a lock and a postmaster.pid whose process ids now belong to other programs', async () => {
  await (await start()).stop();
  const lockOfAnotherBoot = path.join(dataDir, `duestream.${process.ppid}.0123456789abcdef.lock`);
  await writeFile(lockOfAnotherBoot, '');
  await writeFile(
    path.join(dataDir, 'postgres/data/postmaster.pid'),
    `${process.ppid}\n${dataDir}/postgres/data\n1\n5432\n\n127.0.0.1\n\nready\n`,
  );

  const server = await start();

  expect(server.state().status).toBe('ready');
  expect(isAlive(process.ppid)).toBe(true);
  await expect(stat(lockOfAnotherBoot)).rejects.toThrow(/ENOENT/);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('starts beside a killed server that nobody has collected, as where process 1 collects none', async () => {
  await (await start()).stop();
  // The shell becomes a sleep, which never collects the child that the shell had started.
  const { uid, gid } = statSync(path.join(dataDir, 'postgres/data'));
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 600'], {
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    while (isAlive(zombie)) await new Promise((next) => setImmediate(next));
    await writeFile(
      path.join(dataDir, 'postgres/data/postmaster.pid'),
      `${zombie}\n${dataDir}/postgres/data\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );

    expect((await start()).state().status).toBe('ready');
  } finally {
    parent.kill();
  }
});

test('does an interrupted first start again', async () => {
  await mkdir(path.join(dataDir, 'postgres/initialising/base'), { recursive: true });

  expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('says which version wrote the data when it cannot read it', async () => {
  await (await start()).stop();
  await writeFile(path.join(dataDir, 'postgres/data/PG_VERSION'), '17\n');

  await expect(start()).rejects.toThrow(/was written by PostgreSQL 17, the installed binaries are 18/);
});

test('works in a folder closed to others, without LANG', async () => {
  await chmod(base, 0o700);
  const { child } = await startInChild({ PATH: process.env['PATH'] });

  child.kill('SIGTERM');

  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('keeps the server out of reach of Ctrl-C and stops it with the process', async () => {
  const { child, serverPid } = await startInChild();

  child.send('exit without stopping');
  await once(child, 'exit');

  expect(await waitForExit(serverPid, 20_000)).toBe(true);
  // A session of its own: the signal of the terminal does not reach it.
  if (process.platform === 'linux') expect(warnings).toEqual([]);
});

const asRoot = userInfo().uid === 0 ? test : test.skip;

asRoot(
  'runs as an ordinary user from a clone and data that only root can reach, with install scripts off',
  async () => {
    const clone = path.join(base, 'closed/clone');
    await mkdir(clone, { recursive: true });
    await chmod(path.join(base, 'closed'), 0o700);
    await symlink(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
    dataDir = path.join(clone, 'data');

    const server = await start();

    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${readyState(server).pid}/status`, 'utf8');
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
    }
  },
);

const asRootInOpenClone = canBeReachedByAll(root) && canBeReachedByAll(process.execPath) ? asRoot : test.skip;

asRootInOpenClone('runs for an ordinary user, with data that root does not own', async () => {
  const nobody = Number((await run('id', ['-u', 'nobody'])).stdout);
  await chmod(base, 0o755);
  await mkdir(dataDir);
  await chown(dataDir, nobody, nobody);
  const { child, serverPid } = await startInChild({ PATH: process.env['PATH'] }, nobody);

  const { uid } = await stat(path.join(dataDir, 'postgres/data'));
  expect(uid).toBe(nobody);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(isAlive(serverPid)).toBe(false);
});

async function start(options: { port?: number } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log, ...options });
  running.add(server);
  return server;
}

/** An ordinary user can run neither our code nor Node below a folder that is closed to others. */
function canBeReachedByAll(file: string): boolean {
  return (statSync(file).mode & 0o001) !== 0 && (file === path.dirname(file) || canBeReachedByAll(path.dirname(file)));
}

/** Runs the built supervisor in a process of its own, which can be killed. */
async function startInChild(
  env: NodeJS.ProcessEnv = process.env,
  uid?: number,
): Promise<{ child: ChildProcess; serverPid: number }> {
  const child = fork(path.join(root, 'test/support/supervised-postgres.cjs'), [path.join(root, 'dist'), dataDir], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.add(child);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'close').then(([code]) =>
      Promise.reject(new Error(`the child ended with ${String(code)}: ${complaint}`)),
    ),
  ])) as [{ serverPid: number }];
  return { child, serverPid: message.serverPid };
}

function readyState(server: EmbeddedPostgres): { status: 'ready'; pid: number } {
  const state = server.state();
  if (state.status !== 'ready') throw new Error(`the server is ${state.status}`);
  return state;
}

function until(server: EmbeddedPostgres, status: EmbeddedPostgresState['status']): Promise<EmbeddedPostgresState> {
  return new Promise((resolve) => {
    if (server.state().status === status) return resolve(server.state());
    const stopListening = server.onState((state) => {
      if (state.status !== status) return;
      stopListening();
      resolve(state);
    });
  });
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

async function query(server: EmbeddedPostgres, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connect(server.connectionString());
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function stopOrphan(): Promise<void> {
  const file = await readFile(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(file.split('\n')[0]);
  if (pid > 0 && pid !== process.ppid && isAlive(pid)) {
    process.kill(pid, 'SIGQUIT');
    await waitForExit(pid, 20_000);
  }
}
