import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { asBody } from './bad-bodies';
import type { Case, Delivery } from './cases';

/** A request as it goes over the network. */
export interface Prepared {
  readonly method: string;
  readonly target: string;
  /** Values as bytes in Latin-1, one character each. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
  readonly delivery: Delivery;
}

export interface Received {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export function prepare({ operation, draft, wire = undefined }: Case): Prepared {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(draft.path[name] ?? ''));
  const query = draft.query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const sent = wire?.body ?? (draft.json === undefined ? null : asBody(operation, JSON.stringify(draft.json)));
  const type = wire?.contentType === undefined ? 'application/json' : wire.contentType;
  const hasType = sent !== null && operation.body !== null && type !== null;
  const headers = [...draft.headers, ...(hasType ? [['Content-Type', type] as const] : [])];
  return {
    method: operation.method,
    target: wire?.target ?? (query === '' ? path : `${path}?${query}`),
    headers: headers.map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
    body: operation.body === null || sent === null ? null : Buffer.from(sent),
    delivery: wire?.delivery ?? 'whole',
  };
}

/** Sends with few connections that stay; what an HTTP client would refuse to send goes over a bare one. */
export class Sender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly host: string;
  private readonly port: number;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
  }

  send(prepared: Prepared): Promise<Received> {
    return isBare(prepared) ? this.sendBare(prepared) : this.sendWhole(prepared);
  }

  close(): void {
    this.agent.destroy();
  }

  private sendWhole(prepared: Prepared): Promise<Received> {
    const { method, target, headers, body, delivery } = prepared;
    const length = body === null || delivery === 'chunked' ? {} : { 'Content-Length': String(body.length) };
    const fields: Record<string, string | string[]> = { ...length };
    for (const [name, value] of headers) fields[name] = value;
    return new Promise((resolve, reject) => {
      const sending = request(
        { agent: this.agent, host: this.host, port: this.port, method, path: target, headers: fields },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      let answered = false;
      sending.on('response', () => {
        answered = true;
      });
      sending.on('error', (error: NodeJS.ErrnoException) => {
        // A server that refuses a large body closes while it still comes.
        if (answered) return;
        // It may also close a connection that was idle in the very moment in which it is used again.
        if (sending.reusedSocket && CLOSED.has(error.code ?? '')) resolve(this.sendWhole(prepared));
        else reject(error);
      });
      sending.end(body ?? undefined);
    });
  }

  private sendBare(prepared: Prepared): Promise<Received> {
    const { head, body } = bareBytes(prepared, `${this.host}:${this.port}`);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.host, port: this.port, allowHalfOpen: true });
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      // Whoever is refused early meets a closed connection while it still sends: what had come back counts.
      socket.on('error', (error: NodeJS.ErrnoException) => (CLOSED.has(error.code ?? '') ? undefined : reject(error)));
      socket.on('end', () => socket.end());
      socket.on('close', () => resolve(readBare(Buffer.concat(chunks).toString('utf8'))));
      socket.write(Buffer.concat([head, body]));
      if (prepared.delivery === 'truncated') socket.end();
    });
  }
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

function isBare({ method: _method, target, headers, delivery }: Prepared): boolean {
  const isOdd =
    /[^\u0021-\u007e]/.test(target) || headers.some(([, value]) => /[^\t\u0020-\u007e\u0080-\u00ff]/.test(value));
  return isOdd || delivery === 'truncated' || delivery === 'slow';
}

/** What is written to the connection; of a truncated or slow request a part only. */
export function bareBytes(
  { method, target, headers, body, delivery }: Prepared,
  host: string,
): { readonly head: Buffer; readonly body: Buffer } {
  const isWhole = delivery !== 'truncated' && delivery !== 'slow';
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (isWhole) lines.push('Connection: close');
  if (body !== null) lines.push(`Content-Length: ${body.length}`);
  // Without a body it is the headers that do not end.
  const end = isWhole || body !== null ? '\r\n\r\n' : '\r\nX-Slow: ';
  const part = isWhole ? body : body?.subarray(0, Math.floor(body.length / 2));
  return { head: Buffer.from(lines.join('\r\n') + end, 'latin1'), body: part ?? Buffer.alloc(0) };
}

function readBare(answer: string): Received {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const contentType = /^content-type: *(.*)$/im.exec(head)?.[1] ?? '';
  const body = rest.join('\r\n\r\n');
  const isChunked = /^transfer-encoding: *chunked/im.test(head);
  return {
    status: Number(head.split(' ')[1] ?? 0),
    contentType,
    text: isChunked ? body.slice(body.indexOf('\n') + 1) : body,
  };
}
