import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '@duestream/platform';
import { startStandalone, type StandaloneOptions } from '@duestream/standalone';

export interface StartedServer {
  readonly url: string;
  /** The addresses of those who do the work: one, or more behind `url`. */
  readonly processes: readonly string[];
  close(): Promise<void>;
}

export interface TestServer extends StartedServer {
  /** What each process says of itself there, of which nobody else knows: its metrics, its readiness. */
  getOfEach(address: string): Promise<readonly TestResponse[]>;
  request(method: string, address: string, options?: RequestOptions): Promise<TestResponse>;
  get(address: string, headers?: Headers): Promise<TestResponse>;
  post(address: string, body: unknown, headers?: Headers): Promise<TestResponse>;
  put(address: string, body: unknown, headers?: Headers): Promise<TestResponse>;
}

type Headers = Readonly<Record<string, string>>;

interface RequestOptions {
  /** JSON, unless it is a text already. */
  readonly body?: unknown;
  readonly headers?: Headers;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly text: string;
  /** The body as JSON; an empty object when it is none. */
  readonly json: Json;
}

/** Bodies as tests look into them. */
export interface Json {
  readonly [name: string]: unknown;
}

export function configOf(databaseUrl: string, dataDir: string, changes: Partial<Config> = {}): Config {
  return {
    eventStore: { kind: 'postgres' },
    feed: { kind: 'direct' },
    database: { kind: 'server', url: databaseUrl },
    http: { host: '127.0.0.1', port: 0, loopbackOnly: true },
    dataDir,
    timeZone: 'UTC',
    logLevel: process.env['DUESTREAM_TEST_LOG'] === undefined ? 'silent' : 'debug',
    ...changes,
  };
}

type StartServer = (databaseUrl: string) => Promise<StartedServer>;

let startInstead: StartServer | null = null;

/** From now on tests are served by something else than a standalone server. */
export function serveTestsBy(start: StartServer): void {
  startInstead = start;
}

/** A whole server in this process on a database of the tests. */
export async function startTestServer(
  databaseUrl: string,
  options: StandaloneOptions = {},
  changes: Partial<Config> = {},
): Promise<TestServer> {
  if (startInstead === null) return around(await startOne(databaseUrl, options, changes));
  const asked = Object.keys({ ...options, ...changes });
  if (asked.length > 0) throw new Error(`only the standalone server takes ${asked.join(', ')}`);
  return around(await startInstead(databaseUrl));
}

async function startOne(
  databaseUrl: string,
  options: StandaloneOptions,
  changes: Partial<Config>,
): Promise<StartedServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-e2e-'));
  const server = await startStandalone(configOf(databaseUrl, dataDir, changes), options);
  return {
    url: server.url,
    processes: [server.url],
    close: async () => {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function around(server: StartedServer): TestServer {
  const request: TestServer['request'] = (method, address, asked) => ask(`${server.url}${address}`, method, asked);
  return {
    ...server,
    getOfEach: (address) => Promise.all(server.processes.map((url) => ask(`${url}${address}`, 'GET'))),
    request,
    get: (address, headers = {}) => request('GET', address, { headers }),
    post: (address, body, headers = {}) => request('POST', address, { body, headers }),
    put: (address, body, headers = {}) => request('PUT', address, { body, headers }),
  };
}

export async function ask(
  url: string,
  method: string,
  { body, headers = {} }: RequestOptions = {},
): Promise<TestResponse> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
