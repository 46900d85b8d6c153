import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, startTestPostgres, type TestPostgres } from '@duestream/platform/testing';

/** The built server in a process of its own, on a PostgreSQL of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly databaseUrl: string;
  /** In bytes, after a full garbage collection. */
  memory(): Promise<Memory>;
  /** What the server logged as errors: none, when it knew what it did. */
  readonly errors: readonly string[];
  readonly isAlive: boolean;
  stop(): Promise<void>;
}

export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

const SLOW_AFTER_SECONDS = 3;

export async function startServerProcess(): Promise<ServerProcess> {
  const postgres = await startTestPostgres();
  try {
    return await startOn(postgres);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function startOn(postgres: TestPostgres): Promise<ServerProcess> {
  process.env['DUESTREAM_TEST_DATABASE_URL'] = postgres.server.connectionString('postgres');
  process.env['DUESTREAM_TEST_SUPERUSER_URL'] = postgres.server.superuserConnectionString();
  const { connectionString: databaseUrl } = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-fuzz-'));
  const server = fork('dist/apps/standalone/main.js', [], {
    execArgv: ['--expose-gc', '--max-semi-space-size=32', '--require', './test/fuzz/memory-probe.cjs'],
    env: {
      ...process.env,
      DUESTREAM_DATABASE_URL: databaseUrl,
      DUESTREAM_PORT: '0',
      DUESTREAM_DATA_DIR: dataDir,
      DUESTREAM_LOG_LEVEL: 'error',
      DUESTREAM_REQUEST_TIMEOUT: String(SLOW_AFTER_SECONDS),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const errors: string[] = [];
  const url = await addressOf(server, errors);
  return {
    url,
    databaseUrl,
    errors,
    memory: async () => {
      const answering = once(server, 'message');
      server.send('memory');
      const [memory] = (await answering) as [Memory];
      return memory;
    },
    get isAlive() {
      return server.exitCode === null && server.signalCode === null;
    },
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, 'exit');
        server.kill('SIGTERM');
        await ended;
      }
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Reads the log: first for the address, then for errors. */
function addressOf(server: ChildProcess, errors: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      for (const line of chunk.toString('utf8').split('\n')) {
        const address = /answers at (http:\S+)/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
        if (line.includes('"level":50') || line.includes('"level":60') || /Warning|Error/.test(line)) errors.push(line);
      }
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${errors.join('\n')}`)));
  });
}
