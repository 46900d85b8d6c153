import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { loadConfig } from '@duestream/platform';
import { demoConfig } from './demo-config';

it('keeps a made-up company out of every engine that the server is configured with', async () => {
  const configured = loadConfig({
    DUESTREAM_EVENT_STORE: 'eventstoredb',
    DUESTREAM_EVENTSTOREDB_URL: 'esdb://store.example:2113',
    DUESTREAM_FEED: 'kafka',
    DUESTREAM_KAFKA_BROKERS: 'kafka.example:9092',
    DUESTREAM_DATABASE_URL: 'postgresql://db.example/duestream',
    DUESTREAM_DATA_DIR: '/var/lib/duestream',
  });
  expect(await demoConfig(configured)).toMatchObject({
    eventStore: { kind: 'postgres' },
    feed: { kind: 'direct' },
    database: { kind: 'embedded' },
    dataDir: path.join('/var/lib/duestream', 'demo'),
  });
});

it('answers elsewhere when its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  // Of a server on an address and port.
  const { port } = taken.address() as AddressInfo;
  expect((await demoConfig(loadConfig({ DUESTREAM_PORT: String(port) }))).http.port).toBe(0);
  taken.close();
});
