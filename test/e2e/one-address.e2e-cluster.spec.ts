import { useTestDatabase } from '@duestream/platform/testing';
import { openAccount } from './support/messages';
import { ask, startTestServer, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

it('is what the end-to-end tests of this project talk to, and five processes do the work', async () => {
  const ready = await server.getOfEach('/health/ready');
  expect(ready.map(({ json }) => Object.keys(json['dependencies'] as object))).toEqual([
    ['eventStore', 'accountProcessor'],
    ['eventStore', 'kafka', 'accountProcessor'],
    ['eventStore', 'kafka', 'relay'],
    ['eventStore', 'kafka', 'readModels'],
    ['eventStore', 'readModels'],
  ]);
});

it('takes what each of them alone would refuse', async () => {
  const commands = ['POST', '/v1/messages', { body: [openAccount('C-1')] }] as const;
  const queries = ['GET', '/v1/accounts/C-1/history'] as const;
  const operations = ['POST', '/v1/operations/verify'] as const;
  for (const [method, address, asked] of [commands, queries, operations]) {
    const apart = await Promise.all(server.processes.map((url) => ask(`${url}${address}`, method, asked)));
    expect(apart.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await server.request(method, address, asked)).status).toBe(200);
  }
});
