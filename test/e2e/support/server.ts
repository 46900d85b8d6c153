import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '@duestream/platform';
import { startStandalone, type Standalone, type StandaloneOptions } from '@duestream/standalone';

export interface TestServer extends Pick<Standalone, 'url' | 'close'> {
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

/** A whole server in this process on a database of the tests. */
export async function startTestServer(
  databaseUrl: string,
  options: StandaloneOptions = {},
  changes: Partial<Config> = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-e2e-'));
  const server = await startStandalone(configOf(databaseUrl, dataDir, changes), options);
  const request: TestServer['request'] = (method, address, asked) => ask(`${server.url}${address}`, method, asked);
  return {
    url: server.url,
    request,
    get: (address, headers = {}) => request('GET', address, { headers }),
    post: (address, body, headers = {}) => request('POST', address, { body, headers }),
    put: (address, body, headers = {}) => request('PUT', address, { body, headers }),
    close: async () => {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
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
