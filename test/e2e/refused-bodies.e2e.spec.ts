import { useTestDatabase } from '@duestream/platform/testing';
import { openRawClient } from '../limits/support/raw-client';
import { ANY_TEXT } from './support/matchers';
import { openAccount, placeOrder } from './support/messages';
import { startTestServer, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  await server.post('/v1/messages', [openAccount('B-1')]);
});
afterAll(() => server.close());

const ORDERS = '/v1/accounts/B-1/orders';
const ORDER = '{"orderId":"SO-1","amount":{"amount":"1.00","currency":"EUR"}}';

it('a key that stands twice in an object is refused and named, wherever it stands', async () => {
  const twice = '{"orderId":"SO-1","amount":{"amount":"1.00","amount":"1000.00","currency":"EUR"}}';
  expect(await server.post(ORDERS, twice)).toMatchObject({
    status: 400,
    json: { code: 'json.repeated-key', field: 'amount.amount', expected: 'it once' },
  });
  expect((await server.get('/v1/accounts/B-1/history')).json['items']).toHaveLength(1);
});

it.each([
  ['an array', (messages: readonly string[]) => `[${messages.join(',')}]`, 'application/json'],
  ['lines', (messages: readonly string[]) => messages.join('\n'), 'application/x-ndjson'],
])('in a batch as %s such a message is refused, and the others are taken', async (_, join, type) => {
  const good = JSON.stringify(placeOrder('B-1', `SO ${type}`, '1.00'));
  const bad = good.replace('"orderId":', '"orderId":"SO-other","orderId":');
  const { json } = await server.post('/v1/messages', join([bad, good]), { 'content-type': type });
  expect(json['items']).toMatchObject([
    { id: null, status: 'refused', problem: { code: 'json.repeated-key', field: 'data.orderId' } },
    { status: 'accepted' },
  ]);
});

it('a field may be called as every object has it: refused where fields are named, taken where they are free', async () => {
  const bad = '{"orderId":"SO-2","amount":{"amount":"1.00","currency":"EUR","constructor":1}}';
  expect(await server.post(ORDERS, bad)).toMatchObject({ status: 400, json: { field: 'amount.constructor' } });
  const account = { name: 'x', currency: 'EUR', attributes: { constructor: 'x', toString: 'y' } };
  expect((await server.put('/v1/accounts/B-2', account)).status).toBe(201);
  const order = {
    orderId: 'SO-3',
    amount: { amount: '1.00', currency: 'EUR' },
    lines: [{ constructor: 1, then: 'x' }],
  };
  expect((await server.post(ORDERS, order)).status).toBe(201);
});

it('a cursor of the history that was never given out is refused', async () => {
  for (const cursor of ['0-0', '5-2', '1-9', '999999999999999-999999999999999']) {
    const answer = await server.get(`/v1/accounts/B-1/history?cursor=${cursor}`);
    expect([cursor, answer.status, answer.json['field']]).toEqual([cursor, 400, 'cursor']);
  }
});

it('of what is no JSON at all, the body is named', async () => {
  for (const body of ['{', '[1,]', ' ', '{"a":\u0000}']) {
    expect(await server.post(ORDERS, body)).toMatchObject({ status: 400, json: { field: 'body', expected: ANY_TEXT } });
  }
});

it('of what is nested too deeply, the field is named', async () => {
  const deep = `{"lines":${'['.repeat(50)}${']'.repeat(50)}}`;
  expect(await server.post(ORDERS, deep)).toMatchObject({
    status: 400,
    json: { code: 'json.too-deep', field: 'lines' },
  });
});

it.each(['text/plain', 'application/x-ndjson', 'application/jsonx'])(
  '%s is 415 on a route of one command',
  async (type) => {
    expect(await server.post(ORDERS, ORDER, { 'content-type': type })).toMatchObject({
      status: 415,
      json: { code: 'content-type.unsupported', field: 'Content-Type' },
    });
  },
);

it('a compressed body is 415, and not taken for what it is not', async () => {
  expect(await server.post(ORDERS, ORDER, { 'content-encoding': 'gzip' })).toMatchObject({
    status: 415,
    json: { field: 'Content-Encoding' },
  });
});

it('of data that is wrong as a whole, the body is named', async () => {
  const amount = { amount: '1.00', currency: 'EUR' };
  expect(
    await server.post('/v1/accounts/B-1/applications', { applicationId: 'A', invoiceId: 'I', amount }),
  ).toMatchObject({ status: 400, json: { code: 'field.either-or', field: 'body' } });
});

it('an address that cannot be read or is too long is named', async () => {
  expect(await server.get('/v1/accounts/%zz')).toMatchObject({ status: 400, json: { field: 'address' } });
  expect(await server.get(`/v1/accounts/${'x'.repeat(4_000)}`)).toMatchObject({
    status: 414,
    json: { field: 'address' },
  });
});

it('a point in time and a position that nobody can know yet are named', async () => {
  expect(await server.get('/v1/aging?knownAt=9999-12-31T00:00:00Z')).toMatchObject({
    status: 400,
    json: { code: 'known-at.too-late', field: 'knownAt', expected: ANY_TEXT },
  });
  // The last have the form of a position, but no event stands there: waiting would be in vain.
  for (const position of ['x', '', '1-2', '1-999999999999-0', '999-1-0', '1-1--1', '1-1-1000000000']) {
    const answer = await server.get('/v1/aging', { 'duestream-min-position': position });
    expect([position, answer.status, answer.json['field']]).toEqual([position, 400, 'Duestream-Min-Position']);
  }
});

it('whoever is still sending too much can read why it is refused', async () => {
  const client = await openRawClient(server.url);
  const length = 64 * 1_024 * 1_024;
  client.write(
    `POST ${ORDERS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
  );
  await client.until('body.too-large');
  // The rest is read and dropped, so the connection serves the next request.
  for (let sent = 0; sent < length; sent += 1_024 * 1_024) client.write(Buffer.alloc(1_024 * 1_024, ' '));
  client.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(await client.closed).toContain('{"status":"live"}');
});
