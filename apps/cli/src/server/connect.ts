import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { interruption, loadConfig, type Config } from '@duestream/platform';
import { CliError } from '../terminal/cli-error';
import { notice, type Terminal } from '../terminal/terminal';
import { ServerClient } from './client';

const PROBE_TIMEOUT_MS = 2_000;

export interface ConnectOptions {
  /** Given by hand: that server or none. */
  readonly url?: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs `work` against the server of `--url`; else the one that runs on the data folder; else the one at the usual
 * address; else starts the embedded engines in this process and stops them afterwards.
 */
export async function withServer<T>(
  options: ConnectOptions,
  terminal: Terminal,
  work: (server: ServerClient) => Promise<T>,
): Promise<T> {
  if (options.url !== undefined) return work(await givenServer(options.url, '--url'));
  const config = loadConfig(options.env);
  const running = await findRunning(config, options.env);
  return running === null ? withEmbedded(config, terminal, work) : work(running);
}

/** The server of an option, which must answer. */
export async function givenServer(url: string, option: string): Promise<ServerClient> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CliError('url.invalid', `${option} ${url} is not an address such as http://127.0.0.1:4400`);
  }
  const server = new ServerClient(url, actorName());
  if (!(await server.isAlive(PROBE_TIMEOUT_MS)))
    throw new CliError('server.unreachable', `no Duestream server answers at ${url}`);
  return server;
}

async function findRunning(config: Config, env: NodeJS.ProcessEnv): Promise<ServerClient | null> {
  const addresses = [await addressInDataFolder(config.dataDir), usualAddress(config, env)];
  for (const address of addresses) {
    if (address === null) continue;
    const server = new ServerClient(address, actorName());
    if (await server.isAlive(PROBE_TIMEOUT_MS)) return server;
  }
  return null;
}

/** The server that runs on a data folder leaves its address there. */
async function addressInDataFolder(dataDir: string): Promise<string | null> {
  try {
    const content: unknown = JSON.parse(await readFile(path.join(dataDir, 'server.json'), 'utf8'));
    const url: unknown = content !== null && typeof content === 'object' ? Reflect.get(content, 'url') : null;
    return typeof url === 'string' && URL.canParse(url) ? url : null;
  } catch {
    // No such file, or one half written: nothing runs there that could be asked.
    return null;
  }
}

/** Who names a data folder and no port means the data of that folder, not what happens to run elsewhere. */
function usualAddress(config: Config, env: NodeJS.ProcessEnv): string | null {
  const namesFolderOnly = isSet(env['DUESTREAM_DATA_DIR']) && !isSet(env['DUESTREAM_PORT']);
  if (namesFolderOnly || config.http.port === 0) return null;
  return `http://127.0.0.1:${config.http.port}`;
}

async function withEmbedded<T>(
  config: Config,
  terminal: Terminal,
  work: (server: ServerClient) => Promise<T>,
): Promise<T> {
  notice(terminal, `no server runs: using the data in ${config.dataDir} directly`);
  // From here on Ctrl-C must not leave the engines running.
  const { signal, ignore } = interruption();
  try {
    const { startStandalone } = await import('@duestream/standalone');
    const http = { ...config.http, host: '127.0.0.1', port: 0, loopbackOnly: true };
    const started = await startStandalone(
      { ...config, http, logLevel: quieter(config.logLevel) },
      { projectorThread: true },
    );
    try {
      return await work(new ServerClient(started.url, actorName(), signal));
    } finally {
      await started.close();
    }
  } finally {
    ignore();
  }
}

/** Logs of the engines, which stop right after, would drown the report; what goes wrong is still said. */
function quieter(level: Config['logLevel']): Config['logLevel'] {
  return level === 'info' ? 'error' : level;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

/** Until there is authentication, history names the operating system's user. */
function actorName(): string {
  try {
    const { username } = userInfo();
    return /^[\x21-\x7e]{1,128}$/.test(username) ? username : 'cli';
  } catch {
    // A container may run as a user without a name.
    return 'cli';
  }
}
