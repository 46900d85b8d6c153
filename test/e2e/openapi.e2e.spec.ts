import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useTestDatabase } from '@duestream/platform/testing';
import { startTestServer, type Json, type TestServer } from './support/server';
import { containing } from './support/matchers';

const FILE = path.resolve(__dirname, '../../docs/openapi.json');

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

it('docs/openapi.json is what the server says of itself', async () => {
  const served = await description();
  // To write it anew: DUESTREAM_TEST_WRITE_OPENAPI=1 npx jest --selectProjects e2e --testPathPatterns e2e/openapi
  if (process.env['DUESTREAM_TEST_WRITE_OPENAPI'] !== undefined)
    await writeFile(FILE, `${JSON.stringify(served, null, 2)}\n`);
  const committed: unknown = JSON.parse(await readFile(FILE, 'utf8'));
  expect(served).toEqual(committed);
});

const ROUTES = `
POST /v1/messages · PUT /v1/accounts/{accountId} · GET /v1/accounts/{accountId} · GET /v1/accounts · PUT /v1/accounts/{accountId}/limit
POST /v1/accounts/{accountId}/block · POST /v1/accounts/{accountId}/unblock · POST /v1/accounts/{accountId}/orders
POST /v1/accounts/{accountId}/orders/{orderId}/change · POST /v1/accounts/{accountId}/orders/{orderId}/cancel
POST /v1/accounts/{accountId}/orders/{orderId}/close · POST /v1/accounts/{accountId}/orders/{orderId}/shipments
POST /v1/accounts/{accountId}/orders/{orderId}/release · POST /v1/accounts/{accountId}/orders/{orderId}/reject
POST /v1/accounts/{accountId}/invoices · POST /v1/accounts/{accountId}/credit-notes · POST /v1/accounts/{accountId}/payments
POST /v1/accounts/{accountId}/payments/{paymentId}/reverse · POST /v1/accounts/{accountId}/payments/{paymentId}/refund
POST /v1/accounts/{accountId}/applications · POST /v1/accounts/{accountId}/applications/{applicationId}/unapply
POST /v1/accounts/{accountId}/disputes · POST /v1/accounts/{accountId}/disputes/{disputeId}/resolve
POST /v1/accounts/{accountId}/write-offs · POST /v1/accounts/{accountId}/orders/check
GET /v1/accounts/{accountId}/orders/{orderId} · GET /v1/accounts/{accountId}/invoices/{invoiceId} · GET /v1/accounts/{accountId}/payments/{paymentId}
GET /v1/accounts/{accountId}/exposure · GET /v1/accounts/{accountId}/open-items · GET /v1/aging · GET /v1/at-risk · GET /v1/holds · GET /v1/waiting
GET /v1/accounts/{accountId}/history · GET /v1/accounts/{accountId}/state · GET /health/live · GET /health/ready · GET /metrics
POST /v1/operations/rebuild · POST /v1/operations/verify`;

it('describes every route in OpenAPI 3.1', async () => {
  const whole = await description();
  expect(whole['openapi']).toBe('3.1.0');
  const paths = whole['paths'] as Readonly<Record<string, object>>;
  const described = Object.entries(paths).flatMap(([address, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
  );
  expect(described.sort()).toEqual(
    ROUTES.trim()
      .split(/ · |\n/)
      .sort(),
  );
});

interface Response {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
  readonly headers?: Json;
}

async function responsesOf(
  isWanted: (address: string, method: string) => boolean,
): Promise<readonly [string, Readonly<Record<string, Response>>][]> {
  const { paths } = (await description()) as {
    paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  };
  return Object.entries(paths)
    .flatMap(([address, methods]) =>
      Object.entries(methods)
        .filter(([method]) => isWanted(address, method))
        .map(([method, { responses }]) => [`${method.toUpperCase()} ${address}`, responses] as const),
    )
    .map(([name, responses]) => [name, responses]);
}

it('describes every refusal as the problem that is sent, in words', async () => {
  for (const [name, responses] of await responsesOf((address) => !address.startsWith('/health/'))) {
    for (const [status, response] of Object.entries(responses).filter(([status]) => Number(status) >= 400)) {
      expect({ name, status, response }).toEqual({
        name,
        status,
        response: expect.objectContaining({
          description: expect.stringMatching(/./) as string,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemView' } } },
        }) as Response,
      });
    }
  }
});

it('says of every route under /v1 that it may turn a request away, and of every write what bodies it takes', async () => {
  for (const [name, responses] of await responsesOf((address) => address.startsWith('/v1/'))) {
    const comesAgain = { headers: { 'Retry-After': { schema: { type: 'integer', minimum: 1 } } } };
    expect({ name, responses }).toMatchObject({ name, responses: { 421: {}, 429: comesAgain, 503: comesAgain } });
    if (!name.startsWith('GET'))
      expect({ name, responses }).toMatchObject({ name, responses: { 403: {}, 413: {}, 415: {} } });
  }
});

it('says that lists come as CSV text, and which position an answer shows', async () => {
  for (const [name, responses] of await responsesOf((address) => address.startsWith('/v1/'))) {
    const csv = responses['200']?.content?.['text/csv'];
    if (csv !== undefined) expect({ name, csv }).toEqual({ name, csv: { schema: { type: 'string' } } });
  }
  const { paths } = (await description()) as {
    paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  };
  for (const response of [
    paths['/v1/holds']?.['get']?.responses['200'],
    paths['/v1/messages']?.['post']?.responses['200'],
    paths['/v1/accounts/{accountId}/orders']?.['post']?.responses['201'],
  ]) {
    expect(response?.headers).toHaveProperty('Duestream-Position');
  }
});

it('describes what each route answers: a check of an order writes nothing, health gives its reasons', async () => {
  const [[, check] = []] = await responsesOf((address) => address.endsWith('/orders/check'));
  expect(check?.['200']?.content).toEqual({
    'application/json': { schema: { $ref: '#/components/schemas/OrderCheckView' } },
  });
  expect(Object.keys(check ?? {})).not.toEqual(expect.arrayContaining(['201']));
  const [[, ready] = []] = await responsesOf((address) => address === '/health/ready');
  for (const status of ['200', '503'])
    expect(ready?.[status]?.content).toHaveProperty(['application/json', 'schema', 'properties', 'dependencies']);
  const [[, metrics] = []] = await responsesOf((address) => address === '/metrics');
  expect(metrics?.['200']?.content).toEqual({ 'text/plain': { schema: { type: 'string' } } });
});

it('serves a page of documentation from this server alone', async () => {
  const page = await server.get('/docs');
  expect(page).toMatchObject({ status: 200, text: containing('/docs/docs.js') });
  expect(page.text).not.toMatch(/https?:\/\//);
  expect((await server.get('/docs/docs.js')).headers.get('content-type')).toContain('text/javascript');
  expect((await server.get('/docs/docs.css')).status).toBe(200);
});

/**
 * Where several processes do the work, those that serve clients describe their own part each, and what two describe
 * they describe alike.
 */
async function description(): Promise<Json> {
  const answers = await server.getOfEach('/openapi.json');
  const parts = answers.filter(({ status }) => status === 200).map(({ json }) => json);
  expect(parts).not.toEqual([]);
  return parts.reduce(joined);
}

function joined(one: Json, other: Json): Json {
  const shared = Object.keys(other).filter((name) => name in one);
  const both = shared.map((name) => {
    const [mine, theirs] = [one[name], other[name]];
    if (isObject(mine) && isObject(theirs)) return [name, joined(mine, theirs)] as const;
    expect([name, theirs]).toEqual([name, mine]);
    return [name, mine] as const;
  });
  return { ...one, ...other, ...Object.fromEntries(both) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
