import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startApi } from '@duestream/api';
import { loadRoleConfig, type Role, type RoleConfig } from '@duestream/platform';
import { useTestDatabase } from '@duestream/platform/testing';
import { startQueries } from '@duestream/queries';
import { ask, type TestResponse } from './support/server';
import { euros, openAccount, setLimit } from './support/messages';

const database = useTestDatabase();

/** Nobody listens there: these two roles must not need anybody to. */
const NO_BROKER = '127.0.0.1:1';

let urls: { readonly api: string; readonly queries: string };
let close: () => Promise<unknown>;

beforeAll(async () => {
  const [api, queries] = await Promise.all([startApi(configOf('api')), startQueries(configOf('queries'))]);
  urls = { api: api.url, queries: queries.url };
  close = () => Promise.all([api.close(), queries.close()]);
});
afterAll(() => close());

describe('api and queries, while no broker answers', () => {
  it('are ready, and tell what each of them depends on', async () => {
    expect(await ask(`${urls.api}/health/ready`, 'GET')).toMatchObject({
      status: 200,
      json: { dependencies: { eventStore: { ready: true }, accountProcessor: { ready: true } } },
    });
    expect(await ask(`${urls.queries}/health/ready`, 'GET')).toMatchObject({
      status: 200,
      json: { dependencies: { eventStore: { ready: true }, readModels: { ready: true } } },
    });
  });

  it('serve together what the standalone server serves, and each its own part', async () => {
    const [api, queries] = await Promise.all([operationsOf(urls.api), operationsOf(urls.queries)]);
    const all: unknown = JSON.parse(await readFile(path.resolve(__dirname, '../../docs/openapi.json'), 'utf8'));
    const ofEvery = ['GET /health/live', 'GET /health/ready', 'GET /metrics'];
    expect(api.filter((one) => queries.includes(one)).sort()).toEqual(ofEvery);
    expect([...new Set([...api, ...queries])].sort()).toEqual(operations(all).sort());
    expect(api.filter((one) => one.startsWith('GET') && !ofEvery.includes(one))).toEqual([]);
  });

  it('take commands here and tell their history there, from the same events', async () => {
    const sent = await ask(`${urls.api}/v1/messages`, 'POST', {
      body: [openAccount('C-1'), setLimit('C-1', '500.00')],
    });
    expect(sent.status).toBe(200);
    const placed = await ask(`${urls.api}/v1/accounts/C-1/orders`, 'POST', {
      body: { orderId: 'SO-1', amount: euros('400.00') },
    });
    expect(placed).toMatchObject({ status: 201, json: { orderStatus: 'approved' } });
    const history = await ask(`${urls.queries}/v1/accounts/C-1/history`, 'GET');
    expect(history.json['items']).toHaveLength(4);
    const verified = await ask(`${urls.queries}/v1/operations/verify`, 'POST');
    expect(verified.text).toContain('"intact":true');
  });

  it('say of the other one’s routes that there is nothing', async () => {
    const refused = [
      await ask(`${urls.api}/v1/accounts/C-1/exposure`, 'GET'),
      await ask(`${urls.queries}/v1/accounts/C-1/orders`, 'POST', { body: { orderId: 'X', amount: euros('1.00') } }),
    ];
    expect(refused.map(({ status, json }) => [status, json['code']])).toEqual([
      [404, 'route.unknown'],
      [404, 'route.unknown'],
    ]);
  });

  it('keep a query that names a position no projector has reached waiting, and then say so', async () => {
    const placed = await ask(`${urls.api}/v1/accounts/C-1/orders`, 'POST', {
      body: { orderId: 'SO-2', amount: euros('1.00') },
    });
    const behind: TestResponse = await ask(`${urls.queries}/v1/holds`, 'GET', {
      headers: { 'duestream-min-position': String(placed.json['position']) },
    });
    expect([behind.status, behind.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
  });
});

describe('an address that is not loopback', () => {
  const open = (privateNetwork: boolean): RoleConfig => {
    const config = configOf('queries');
    // Loopback all the same: the test is not open to anybody.
    return { ...config, http: { ...config.http, loopbackOnly: false, privateNetwork } };
  };

  it('is refused', async () => {
    await expect(startQueries(open(false))).rejects.toMatchObject({ code: 'bind.not-loopback' });
  });

  it('is taken when somebody vouches for the network, and the process says what that means', async () => {
    const queries = await startQueries(open(true));
    expect(queries.notice).toMatch(/whoever reaches this address may do everything/);
    await queries.close();
  });
});

function configOf(role: Role): RoleConfig {
  const env = {
    DUESTREAM_DATABASE_URL: database().connectionString,
    DUESTREAM_FEED: 'kafka',
    DUESTREAM_KAFKA_BROKERS: NO_BROKER,
    DUESTREAM_PORT: '0',
    DUESTREAM_LOG_LEVEL: 'silent',
  };
  return loadRoleConfig(env, role);
}

async function operationsOf(url: string): Promise<string[]> {
  return operations((await ask(`${url}/openapi.json`, 'GET')).json);
}

function operations(description: unknown): string[] {
  const { paths } = description as { readonly paths: Readonly<Record<string, object>> };
  return Object.entries(paths).flatMap(([address, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
  );
}
