import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  readonly url: string;
  /** Resident memory, in MB. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

/** As `npm start` has them. */
const NODE_OPTIONS = ['--max-semi-space-size=32'];
const START_TIMEOUT_MS = 60_000;

/** The whole server in a process of its own, on a database of the lab. */
export function startServer(
  connectionString: string,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  return startProcess('apps/standalone/main.js', {
    DUESTREAM_DATABASE_URL: connectionString,
    DUESTREAM_DATA_DIR: dataDir,
    DUESTREAM_PORT: '0',
    DUESTREAM_LOG_LEVEL: 'warn',
    ...environment,
  });
}

/** Starts a compiled program that prints the address at which it answers. */
export async function startProcess(
  main: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, path.join(distFolder(), main)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await Promise.race([addressOf(child), exitOf(child, main), timeOut(main)]);
  return {
    url,
    memoryMb: () => residentMb(child.pid),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The folder that this file was compiled into, up to its root. */
function distFolder(): string {
  return path.resolve(__dirname, '../../..');
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the server named no address');
}

async function exitOf(child: ChildProcess, main: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${main} ended with ${code} before it answered`);
}

async function timeOut(main: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, START_TIMEOUT_MS).unref());
  throw new Error(`${main} did not answer within ${START_TIMEOUT_MS} ms`);
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error('the memory of the server cannot be read here');
  return Number(kilobytes) / 1024;
}
