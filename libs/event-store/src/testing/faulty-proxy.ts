import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * - `pass`: as if it were not there.
 * - `lose-requests`: what a client sends never arrives, and its connection breaks.
 * - `lose-answers`: what a client sends arrives; when the engine answers, the connection breaks instead.
 * - `refuse`: nobody gets through.
 * - `freeze`: connections stand, and nothing comes through them. They break when that ends.
 */
export type Fault = 'pass' | 'lose-requests' | 'lose-answers' | 'refuse' | 'freeze';

/** A TCP proxy in front of an engine that breaks connections at the worst moments. */
export class FaultyProxy {
  private readonly sockets = new Set<Socket>();
  private fault: Fault = 'pass';
  /** Faults that were met so far: a test that counts on one can see that it happened. */
  met = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async inFrontOf(target: { readonly host: string; readonly port: number }): Promise<FaultyProxy> {
    // Else a small answer waits for the acknowledgement of the one before it.
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultyProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect({ ...target, noDelay: true })));
    return proxy;
  }

  become(fault: Fault): void {
    const isOver = this.fault === 'freeze' && fault !== 'freeze';
    this.fault = fault;
    if (fault === 'refuse' || isOver) this.cut();
  }

  /** Breaks every connection, wherever it is. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, engine: Socket): void {
    for (const socket of [client, engine]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        engine.destroy();
      });
    }
    if (this.fault === 'refuse') client.destroy();
    client.on('data', (bytes) => this.pass(bytes, client, engine, 'lose-requests'));
    engine.on('data', (bytes) => this.pass(bytes, engine, client, 'lose-answers'));
  }

  private pass(bytes: Buffer, from: Socket, to: Socket, deadly: Fault): void {
    if (this.fault === 'freeze') return;
    if (this.fault !== deadly) {
      to.write(bytes);
      return;
    }
    this.met += 1;
    from.destroy();
  }
}
