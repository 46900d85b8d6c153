import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A client that says exactly what it is told to, as slowly as it is told to. */
export interface RawClient {
  readonly socket: Socket;
  write(text: string | Buffer): void;
  /** Everything that came until the server closed the connection. */
  readonly closed: Promise<string>;
  /** Resolves when what came so far holds `text`. */
  until(text: string): Promise<void>;
}

export async function openRawClient(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  let received = '';
  const waiting = new Set<() => void>();
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('utf8');
    for (const look of waiting) look();
  });
  // A reset is one way for the server to close.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  return {
    socket,
    write: (text) => socket.write(text),
    closed,
    until: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!received.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Status, headers and the JSON of a raw answer. */
export function readRaw(answer: string): { readonly status: number; readonly head: string; readonly json: unknown } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), json: body === '' ? null : JSON.parse(body) };
}
