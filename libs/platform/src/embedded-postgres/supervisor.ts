import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { type Cluster, openCluster } from './cluster';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock';
import { EmbeddedPostgresError } from './errors';
import { clearLeftoverServer, readServerFile } from './leftover-server';
import { serverSettings } from './server-settings';

const applicationRole = 'duestream';
/** Replaying the log after a crash may take minutes on a slow disk. */
const readyTimeoutMs = 300_000;
const fastShutdownMs = 60_000;
const immediateShutdownMs = 10_000;
const firstRetryMs = 200;
/** After a start that failed. */
const longestRetryMs = 15_000;
/** After the end of a server that was ready: recovery takes seconds, and a pause only has to keep a loop from spinning. */
const longestPauseMs = 1_000;
/** A server that ran this long was healthy: the next restart starts with the shortest wait again. */
const healthyMs = 30_000;
const keptLogLines = 20;
const portAttempts = 5;
const PANIC = ' PANIC: ';

export type EmbeddedPostgresState =
  | { readonly status: 'starting' }
  | { readonly status: 'ready'; readonly pid: number }
  | { readonly status: 'down'; readonly reason: string; readonly retryInMs: number }
  | { readonly status: 'stopped' };

export interface EmbeddedPostgresLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface EmbeddedPostgresOptions {
  /** Made when missing. One live process owns it at a time. */
  readonly dataDir: string;
  readonly log: EmbeddedPostgresLog;
  /** On 127.0.0.1; left out: a free one, kept across restarts of the server. */
  readonly port?: number;
  /** Created when missing and owned by the application's role. */
  readonly databases?: readonly string[];
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** For the application's role, which owns its databases and may create roles, but is no superuser. */
  connectionString(database?: string): string;
  superuserConnectionString(database?: string): string;
  state(): EmbeddedPostgresState;
  /** Reports each change of state from now on; answers how to stop listening. */
  onState(listener: (state: EmbeddedPostgresState) => void): () => void;
  /** Ends sessions, writes a checkpoint, stops the server and frees the data folder. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL and keeps it running until `stop()`. Rejects with DataFolderInUseError or another
 * EmbeddedPostgresError when the first start fails; later failures show as state `down` and are retried.
 */
export function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return superviseServer(options, serverSettings);
}

export async function superviseServer(
  options: EmbeddedPostgresOptions,
  settings: Readonly<Record<string, string>>,
): Promise<EmbeddedPostgres> {
  // Root's folder may be passed through by the server's own user; what is secret in it is closed by itself.
  await mkdir(options.dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = await lockDataFolder(options.dataDir);
  try {
    const cluster = await openCluster(options.dataDir);
    const supervisor = new Supervisor(cluster, lock, options.log, options.port, settings);
    try {
      await supervisor.startFirst(options.databases ?? [applicationRole]);
      return supervisor;
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

class Supervisor implements EmbeddedPostgres {
  readonly #listeners = new Set<(state: EmbeddedPostgresState) => void>();
  readonly #stopping = new AbortController();
  readonly #onProcessExit = (): void => {
    this.#server?.kill('SIGINT');
    this.lock.release();
  };
  readonly #lastLines: string[] = [];
  #state: EmbeddedPostgresState = { status: 'starting' };
  #server: ChildProcess | undefined;
  #restarting: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  /** Ends of a server that was ready, one soon after the other. */
  #crashes = 0;
  #port = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly lock: DataFolderLock,
    private readonly log: EmbeddedPostgresLog,
    private readonly fixedPort: number | undefined,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  get port(): number {
    return this.#port;
  }

  connectionString(database = applicationRole): string {
    return this.#url(applicationRole, this.cluster.credentials.applicationPassword, database);
  }

  superuserConnectionString(database = 'postgres'): string {
    return this.#url('postgres', this.cluster.credentials.superuserPassword, database);
  }

  state(): EmbeddedPostgresState {
    return this.#state;
  }

  onState(listener: (state: EmbeddedPostgresState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async startFirst(databases: readonly string[]): Promise<void> {
    process.once('exit', this.#onProcessExit);
    await this.#launchOnFreePort();
    await this.#createMissing(databases);
  }

  /** A free port may be taken by somebody else between looking and listening. */
  async #launchOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = this.fixedPort ?? (await freePort());
      try {
        return await this.#launch();
      } catch (error) {
        const portTaken = this.#lastLines.some((line) => line.includes('could not bind'));
        if (!portTaken || this.fixedPort !== undefined || attempt === portAttempts) throw error;
      }
    }
  }

  async #launch(): Promise<void> {
    this.#enter({ status: 'starting' });
    await clearLeftoverServer(this.cluster.clusterDir, (message) => this.log.warn(message));
    this.#stopping.signal.throwIfAborted();
    this.#lastLines.length = 0;
    const server = this.cluster.spawnServer(this.#port, this.settings);
    this.#server = server;
    const ended = this.#observe(server);
    await this.#untilReady(server);
    const readySince = Date.now();
    this.#enter({ status: 'ready', pid: server.pid ?? 0 });
    void ended.then((reason) => {
      if (this.#stopping.signal.aborted) return;
      if (Date.now() - readySince >= healthyMs) this.#crashes = 0;
      this.#restarting = this.#restart(reason);
    });
  }

  async #restart(firstReason: string): Promise<void> {
    let retryInMs = retryDelayMs(this.#crashes++, longestPauseMs);
    for (let [reason, failures] = [firstReason, 0]; ; failures++) {
      this.log.error(`PostgreSQL is down: ${reason}; next start in ${retryInMs} ms`);
      this.#enter({ status: 'down', reason, retryInMs });
      try {
        await sleep(retryInMs, undefined, { signal: this.#stopping.signal });
        return await this.#launch();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        reason = error instanceof Error ? error.message : String(error);
        retryInMs = retryDelayMs(failures, longestRetryMs);
      }
    }
  }

  /** Resolves with the reason when the process has ended or could not be started at all. */
  #observe(server: ChildProcess): Promise<string> {
    server.stdout?.on('data', (chunk: Buffer) => this.#relay(chunk));
    server.stderr?.on('data', (chunk: Buffer) => this.#relay(chunk));
    return new Promise((resolve) => {
      server.once('error', (error) => resolve(error.message));
      server.once('exit', (code, signal) => {
        const panic = this.#panic();
        resolve(`the server ended with ${signal ?? `code ${code}`}${panic === undefined ? '' : `: ${panic}`}`);
      });
    });
  }

  /** Why the server itself says that it gave up, if it does. */
  #panic(): string | undefined {
    return this.#lastLines.findLast((line) => line.includes(PANIC))?.replace(/^.*? PANIC: +/, '');
  }

  async #untilReady(server: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyTimeoutMs;
    let failure: Error | undefined;
    server.once('error', (error) => (failure = error));
    while (failure === undefined && !hasEnded(server) && Date.now() < deadline) {
      const file = await readServerFile(this.cluster.clusterDir);
      if (file?.ready === true && file.pid === server.pid) return;
      await sleep(15);
    }
    if (!hasEnded(server)) server.kill('SIGQUIT');
    const said = this.#panic() ?? this.#lastLines.join(' ');
    const reason = failure?.message ?? (hasEnded(server) ? said : 'not ready in time');
    throw new EmbeddedPostgresError('embedded-postgres.start-failed', `PostgreSQL did not start: ${reason}`);
  }

  async #createMissing(databases: readonly string[]): Promise<void> {
    const client = new Client({ connectionString: this.superuserConnectionString() });
    client.on('error', (error) => this.log.warn(`connection for setting up PostgreSQL: ${error.message}`));
    await client.connect();
    try {
      const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [applicationRole]);
      if (roles.rowCount === 0) {
        const password = escapeLiteral(this.cluster.credentials.applicationPassword);
        await client.query(`CREATE ROLE ${applicationRole} LOGIN CREATEROLE CREATEDB PASSWORD ${password}`);
        // Lets it see which session of another role holds the readers back.
        await client.query(`GRANT pg_monitor TO ${applicationRole}`);
      }
      const existing = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
      for (const database of databases) {
        if (existing.rows.some((row) => row.datname === database)) continue;
        await client.query(`CREATE DATABASE ${escapeIdentifier(database)} OWNER ${applicationRole}`);
      }
    } finally {
      await client.end();
    }
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#server !== undefined) await endServer(this.#server);
    await this.#restarting;
    process.removeListener('exit', this.#onProcessExit);
    await this.cluster.close();
    this.lock.release();
    this.#enter({ status: 'stopped' });
  }

  #enter(state: EmbeddedPostgresState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #relay(chunk: Buffer): void {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line.trim() === '') continue;
      this.#lastLines.push(line);
      if (this.#lastLines.length > keptLogLines) this.#lastLines.shift();
      // FATAL ends one session (a wrong database name, say), PANIC ends the server.
      if (line.includes(PANIC)) this.log.error(line);
      // Sessions that are still open when it is told to stop end with FATAL: as they should.
      else if (/ (FATAL|ERROR|WARNING): /.test(line) && !this.#stopping.signal.aborted) this.log.warn(line);
      else this.log.debug(line);
    }
  }

  #url(user: string, password: string, database: string): string {
    return `postgresql://${user}:${password}@127.0.0.1:${this.#port}/${encodeURIComponent(database)}`;
  }
}

async function endServer(server: ChildProcess): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', immediateShutdownMs],
  ] as const) {
    if (hasEnded(server)) return;
    server.kill(signal);
    await Promise.race([
      new Promise((resolve) => server.once('exit', resolve)),
      sleep(timeoutMs, undefined, { ref: false }),
    ]);
  }
}

/** A process that could not be started has no id. */
function hasEnded(server: ChildProcess): boolean {
  return server.pid === undefined || server.exitCode !== null || server.signalCode !== null;
}

/** Doubles up to the longest wait; the random part keeps several servers from starting in step. */
function retryDelayMs(failures: number, longestMs: number): number {
  const full = Math.min(longestMs, firstRetryMs * 2 ** failures);
  return Math.round(full * (0.75 + Math.random() * 0.25));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
