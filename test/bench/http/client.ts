import { Pool } from 'undici';

/** A bounded number of kept connections to one server. */
export interface HttpClient {
  /** Rejects for anything but a 2xx answer. */
  post(path: string, body: string): Promise<Answered>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  close(): Promise<void>;
}

export interface Answered {
  /** The position of the event store that the answer shows or made. */
  readonly position: string | null;
}

export function httpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ) => {
    const response = await pool.request({ method, path, headers: { ...headers }, body: body ?? null });
    if (response.statusCode >= 300) {
      throw new Error(
        `${method} ${path} answered ${response.statusCode}: ${(await response.body.text()).slice(0, 300)}`,
      );
    }
    await response.body.dump();
    const position = response.headers['duestream-position'];
    return { position: typeof position === 'string' ? position : null };
  };
  return {
    post: (path, body) => send('POST', path, { 'content-type': 'application/json' }, body),
    get: (path, headers = {}) => send('GET', path, headers),
    close: () => pool.close(),
  };
}
