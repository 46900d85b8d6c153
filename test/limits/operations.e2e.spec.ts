import { useTestDatabase } from '@duestream/platform/testing';
import { openAccount } from '../e2e/support/messages';
import { startTestServer, type TestServer } from '../e2e/support/server';
import { openRawClient } from './support/raw-client';
import { whileNothingIsAnswered } from './support/while-nothing-is-answered';
import { eventually } from './support/eventually';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  await server.post('/v1/messages', [openAccount('O-1'), openAccount('O-2')]);
});
afterAll(() => server.close());

const VERIFY = 'POST /v1/operations/verify HTTP/1.1\r\nHost: localhost\r\n\r\n';
const VERIFY_ONE = 'POST /v1/operations/verify?account=O-1 HTTP/1.1\r\nHost: localhost\r\n\r\n';
const INTACT = '"intact":true';

it('the whole store is verified once at a time: 409 for a second; single accounts beside it', async () => {
  const client = await openRawClient(server.url);
  const other = await openRawClient(server.url);
  await whileNothingIsAnswered(database().connectionString, async () => {
    client.write(VERIFY.repeat(2) + VERIFY_ONE);
    await eventually(async () =>
      expect(await server.post('/v1/operations/verify', undefined)).toMatchObject({
        status: 409,
        json: { code: 'verify.running' },
      }),
    );
  });
  await client.until('409 Conflict');
  await client.until('"accounts":1');
  client.socket.destroy();
  other.write(VERIFY);
  await other.until(INTACT);
  other.socket.destroy();
});

it('whoever breaks off lets the next one verify', async () => {
  const client = await openRawClient(server.url);
  await whileNothingIsAnswered(database().connectionString, async () => {
    client.write(VERIFY);
    await eventually(async () => expect((await server.post('/v1/operations/verify', undefined)).status).toBe(409));
    client.socket.resetAndDestroy();
  });
  await eventually(async () => expect((await server.post('/v1/operations/verify', undefined)).text).toContain(INTACT));
});
