import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { useTestDatabase } from '@duestream/platform/testing';
import { MemoryFeed } from '../testing/memory-feed';
import { ReadModels } from '../read-models';

const database = useTestDatabase();
const errors: Error[] = [];
let proxy: DyingServer;
let models: ReadModels;

beforeAll(async () => {
  proxy = await DyingServer.inFrontOf(new URL(database().connectionString));
  const url = new URL(database().connectionString);
  [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
  models = await ReadModels.open({
    connectionString: url.href,
    feed: new MemoryFeed().feed,
    businessDate: () => '2026-03-02',
    timeZone: 'UTC',
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await models.close();
  await proxy.close();
});

it('survives a server that dies in the moment in which a connection is ready', async () => {
  proxy.die();
  for (let n = 0; n < 3; n += 1) {
    expect(await models.health()).toMatchObject({ ready: false });
  }
  expect(proxy.deaths).toBeGreaterThan(0);
  proxy.dies = false;
  expect(await models.health()).toEqual({ ready: true });
});

/** Passes everything on. While it dies, the last words of the server follow a new connection's readiness at once. */
class DyingServer {
  dies = false;
  /** New connections that were ready and lost at once. */
  deaths = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async inFrontOf({ hostname, port }: URL): Promise<DyingServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new DyingServer(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect({ host: hostname, port: Number(port) })));
    return proxy;
  }

  /** From now on; the connections that stand are cut, so that new ones are made. */
  die(): void {
    this.dies = true;
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, engine: Socket): void {
    for (const socket of [client, engine]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, engine].forEach((one) => one.destroy()));
    }
    client.on('data', (bytes) => engine.write(bytes));
    engine.on('data', (bytes) => {
      if (this.dies && bytes.subarray(-READY_FOR_QUERY.length).equals(READY_FOR_QUERY)) {
        this.deaths += 1;
        client.end(Buffer.concat([bytes, LAST_WORDS]));
      } else {
        client.write(bytes);
      }
    });
  }
}

const READY_FOR_QUERY = Buffer.from('Z\u0000\u0000\u0000\u0005I', 'latin1');
const FIELDS = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0';
const LAST_WORDS = Buffer.concat([Buffer.from('E'), lengthOf(FIELDS.length + 4), Buffer.from(FIELDS, 'latin1')]);

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes);
  return length;
}
