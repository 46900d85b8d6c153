import { Agent, request } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** There was no answer: the connection was refused, broke or stayed silent. */
export class NoAnswer extends Error {}

export interface HttpRequest {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Who takes messages and answers questions: one server, or several that share the work. */
export type Doors = Pick<HttpClient, 'get' | 'post'>;

/** Keep-alive connections to one server, lighter than `fetch`: the load must not outweigh what it is put on. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    maxSockets = 256,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets });
  }

  get(path: string, options: HttpRequest = {}): Promise<HttpAnswer> {
    return this.send('GET', path, options);
  }

  post(path: string, body: unknown, options: HttpRequest = {}): Promise<HttpAnswer> {
    return this.send('POST', path, { ...options, body });
  }

  /** Answers whatever the server says, and rejects with `NoAnswer` when it says nothing. */
  send(method: string, path: string, { body, headers = {}, timeoutMs = 120_000 }: HttpRequest): Promise<HttpAnswer> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const sent = body === undefined ? {} : { 'content-type': 'application/json' };
    const length = { 'content-length': String(Buffer.byteLength(payload)) };
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new NoAnswer(error.message, { cause: error }));
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          agent: this.agent,
          headers: { ...sent, ...length, ...headers },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', fail);
          incoming.on('close', () => {
            if (!incoming.complete) fail(new Error('the answer broke off'));
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
          });
        },
      );
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      outgoing.on('error', fail);
      outgoing.end(payload);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
