import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { HttpClient } from './http';
import { killAll, postmasterOf, treeOf } from './processes';
import type { Run } from './run';
import { until } from './wait';

export interface ServerOptions {
  readonly name?: string;
  /** Left out: the embedded one in the data folder. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  /** A module that is loaded before the server. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built standalone server as a process of its own, which can be killed, stopped and started again. */
export class ServerProcess {
  private child: ChildProcess | null = null;
  private mayEnd = false;
  private fail: (error: Error) => void = () => undefined;
  /** Rejects when the server ends although nobody ended it. */
  readonly lost = new Promise<never>((_, reject) => {
    this.fail = reject;
  });
  readonly http: HttpClient;

  private constructor(
    readonly port: number,
    readonly dataDir: string,
    private readonly log: WriteStream,
    private readonly options: ServerOptions,
  ) {
    this.http = new HttpClient(port);
    this.lost.catch(() => undefined);
  }

  /** Not yet started. Its log and, unless given otherwise, its data are in the run's folder. */
  static async of(run: Run, options: ServerOptions = {}): Promise<ServerProcess> {
    const { name = 'server' } = options;
    const dataDir = options.dataDir ?? path.join(run.folder, `${name}-data`);
    await mkdir(dataDir, { recursive: true });
    // PostgreSQL runs as another user when this is root.
    for (const folder of [run.folder, dataDir]) await chmod(folder, 0o711);
    const log = createWriteStream(path.join(run.folder, `${name}.log`), { flags: 'a' });
    return new ServerProcess(await freePort(), dataDir, log, options);
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('the server is not running');
    return this.child.pid;
  }

  /** Starts the process; answers when it says that it is ready, with the milliseconds since it was spawned. */
  async start(): Promise<number> {
    const startedMs = performance.now();
    this.spawn();
    await this.untilReady();
    return performance.now() - startedMs;
  }

  spawn(): void {
    const { databaseUrl, preload, env = {} } = this.options;
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=32', ...(preload === undefined ? [] : ['--require', preload]), mainFile()],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'] ?? '/usr/bin:/bin',
          DUESTREAM_PORT: String(this.port),
          DUESTREAM_DATA_DIR: this.dataDir,
          DUESTREAM_LOG_LEVEL: 'info',
          ...(databaseUrl === undefined ? {} : { DUESTREAM_DATABASE_URL: databaseUrl }),
          ...env,
        },
      },
    );
    child.on('error', (error) => this.log.write(`could not be started: ${error.message}\n`));
    this.mayEnd = false;
    child.on('exit', (code, signal) => {
      if (!this.mayEnd) this.fail(new Error(`the server ended by itself (${signal ?? `code ${code}`}): see its log`));
    });
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    this.child = child;
  }

  async untilReady(withinMs = 60_000): Promise<void> {
    await until(
      'a server that is ready',
      async () => {
        if (this.hasEnded()) throw new Error('the server ended while it started: see its log');
        return (await this.isReady()) ? true : undefined;
      },
      { everyMs: 15, withinMs },
    );
  }

  async isReady(): Promise<boolean> {
    const answer = await this.http.get('/health/ready', { timeoutMs: 5_000 }).catch(() => null);
    return answer?.status === 200;
  }

  hasEnded(): boolean {
    return this.child === null || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Why it is not ready, or what an operator should look at; empty when there is nothing to say. */
  async reasons(): Promise<{ readonly isReady: boolean; readonly text: string }> {
    const { status, text } = await this.http.get('/health/ready', { timeoutMs: 10_000 });
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, { reason?: string }> };
    const reasons = Object.entries(dependencies).flatMap(([name, { reason }]) =>
      reason === undefined ? [] : [`${name}: ${reason}`],
    );
    return { isReady: status === 200, text: reasons.join('; ') };
  }

  /** SIGKILL for the server alone; its PostgreSQL lives on. */
  async kill(): Promise<void> {
    this.mayEnd = true;
    this.child?.kill('SIGKILL');
    await this.untilEnded();
  }

  /** SIGKILL for the server and every process of its PostgreSQL. */
  async killWithDatabase(): Promise<void> {
    const tree = new Set([...treeOf(this.pid), ...treeOf(await postmasterOf(this.dataDir))]);
    this.mayEnd = true;
    killAll([...tree]);
    await this.untilEnded();
  }

  /** In the ordinary way. Ends what is left of it also after a failed run. */
  async stop(): Promise<void> {
    this.mayEnd = true;
    if (!this.hasEnded()) {
      this.child?.kill('SIGCONT');
      this.child?.kill('SIGTERM');
      await this.untilEnded();
    }
    const left = await postmasterOf(this.dataDir).catch(() => undefined);
    if (left !== undefined && this.options.databaseUrl === undefined) killAll(treeOf(left));
    this.http.close();
    this.log.end();
  }

  private async untilEnded(): Promise<void> {
    await until('the end of the server', () => (this.hasEnded() ? true : undefined), { everyMs: 2 });
  }
}

/** From the compiled run as well as from the suite, which runs the source. */
export function rootFolder(): string {
  const [before] = __dirname.split(`${path.sep}test${path.sep}chaos`);
  return path.basename(before ?? '') === 'dist' ? path.dirname(before ?? '') : (before ?? '');
}

function mainFile(): string {
  return path.join(rootFolder(), 'dist/apps/standalone/main.js');
}

export function freePort(): Promise<number> {
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
