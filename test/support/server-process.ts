import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { endWithUs } from '@duestream/platform/testing';

const root = path.resolve(__dirname, '../..');
const run = promisify(execFile);

/** Brings dist/ up to date, with further folders if need be. */
export async function buildServer(...folders: readonly string[]): Promise<void> {
  await run(process.execPath, [path.join(root, 'scripts/build.mjs'), ...folders], { cwd: root });
}

export interface ServerProcess {
  readonly url: string;
  /** SIGKILL: nothing is finished. */
  kill(): Promise<void>;
  /** SIGTERM: what is in flight is finished. Answers the exit code. */
  stop(): Promise<number | null>;
}

/** The built server as a process of its own; resolves when it answers. */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-process-'));
  const child = spawn(process.execPath, [path.join(root, 'dist/apps/standalone/main.js')], {
    env: {
      ...ownEnvironment(),
      DUESTREAM_DATA_DIR: dataDir,
      DUESTREAM_PORT: '0',
      DUESTREAM_LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const guard = endWithUs(child);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const code = await ended(child, signal);
    guard.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
    return code;
  };
  try {
    return {
      url: await addressOf(child),
      kill: async () => {
        await end('SIGKILL');
      },
      stop: () => end('SIGTERM'),
    };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** Without what configures the tests' own server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DUESTREAM_')));
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no standard output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const [, url] = /answers at (\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error('the server ended before it answered');
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return child.exitCode;
}
