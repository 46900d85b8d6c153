import { useTestDatabase } from '@duestream/platform/testing';
import { envelope, euros, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type TestResponse, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

const items = ({ json }: TestResponse) =>
  json['items'] as readonly { status: string; id: string | null; problem?: Record<string, unknown> }[];
const statuses = (response: TestResponse) => items(response).map(({ status }) => status);

describe('POST /v1/messages', () => {
  it('answers every message of an array in order, and the position of the whole', async () => {
    const sent = [
      openAccount('M-1'),
      setLimit('M-1', '100.00'),
      placeOrder('M-1', 'SO-1', '60.00'),
      placeOrder('M-1', 'SO-2', '60.00'),
    ];
    const answer = await server.post('/v1/messages', sent);
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(items(answer)).toMatchObject([
      {},
      {},
      { decision: { outcome: 'approved' } },
      { decision: { outcome: 'held' } },
    ]);
    const position = answer.headers.get('duestream-position') ?? '';
    const exposure = await server.get('/v1/accounts/M-1/exposure', { 'duestream-min-position': position });
    expect(exposure.json).toMatchObject({ total: '60.00', available: '40.00' });
  });

  it('answers duplicate for all of a batch that comes again', async () => {
    const sent = [openAccount('M-2'), setLimit('M-2', '100.00'), placeOrder('M-2', 'SO-1', '60.00')];
    await server.post('/v1/messages', sent);
    expect(statuses(await server.post('/v1/messages', sent))).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });

  it('takes NDJSON, and refuses a line that is no JSON without keeping the others', async () => {
    const lines = [
      JSON.stringify(openAccount('M-3')),
      '{"half',
      '',
      JSON.stringify(placeOrder('M-3', 'SO-1', '1.00')),
    ].join('\n');
    const answer = await server.post('/v1/messages', lines, { 'content-type': 'application/x-ndjson' });
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toEqual(['accepted', 'refused', 'accepted']);
    expect(items(answer)[1]).toMatchObject({ id: null, problem: { status: 400, code: 'json.invalid' } });
  });

  it('refuses a message that fails its schema, naming the field, and goes on with the rest', async () => {
    const wrong = placeOrder('M-4', 'SO-1', '1.005');
    const answer = await server.post('/v1/messages', [openAccount('M-4'), wrong, placeOrder('M-4', 'SO-2', '1.00')]);
    expect(statuses(answer)).toEqual(['accepted', 'refused', 'accepted']);
    expect(items(answer)[1]?.problem).toMatchObject({ status: 400, field: 'data.amount.amount', value: '"1.005"' });
  });

  it('takes 1 000 messages and refuses 1 001 whole', async () => {
    const many = Array.from({ length: 1_001 }, (_, n) => placeOrder('M-5', `SO-${n}`, '1.00'));
    await server.post('/v1/messages', [openAccount('M-5')]);
    const refused = await server.post('/v1/messages', many);
    expect(refused).toMatchObject({
      status: 400,
      json: { code: 'batch.too-long', facts: { messages: '1001', limit: '1000' } },
    });
    const history = await server.get('/v1/accounts/M-5/history');
    expect(history.json['items']).toHaveLength(1);
    const taken = await server.post('/v1/messages', many.slice(1));
    expect(new Set(statuses(taken))).toEqual(new Set(['accepted']));
  });

  it('lets orders through in observe mode, on the date of their document where asked for', async () => {
    await server.post('/v1/messages', [openAccount('M-6')]);
    const answer = await server.post('/v1/messages?enforcement=observe&businessDate=document', [
      placeOrder('M-6', 'SO-1', '9.00'),
    ]);
    expect(items(answer)).toMatchObject([
      { orderStatus: 'approved', decision: { outcome: 'held', enforcement: 'observe', businessDate: '2026-03-02' } },
    ]);
    const history = await server.get('/v1/accounts/M-6/history?from=2');
    expect(history.json['items']).toMatchObject([
      { type: 'duestream.credit.observed.v1', data: { orderId: 'SO-1', decision: { outcome: 'held' } } },
    ]);
  });

  it('reports conflicts, unknown accounts and what a rule refuses message by message, each with its field', async () => {
    await server.post('/v1/messages', [openAccount('M-7'), placeOrder('M-7', 'SO-1', '1.00')]);
    const answer = await server.post('/v1/messages', [
      placeOrder('M-7', 'SO-1', '2.00'),
      placeOrder('nobody', 'SO-1', '1.00'),
      { ...setLimit('M-7', '1.00'), data: { amount: { amount: '1.00', currency: 'USD' } } },
    ]);
    expect(items(answer)).toMatchObject([
      {
        status: 'refused',
        problem: {
          status: 409,
          field: 'data.orderId',
          contents: { first: { amount: euros('1.00') }, second: { amount: euros('2.00') } },
        },
      },
      { status: 'refused', accountRevision: null, problem: { status: 404, field: 'subject' } },
      { status: 'refused', problem: { status: 422, field: 'data.amount.currency' } },
    ]);
  });

  it('records facts of every kind in the order of the batch', async () => {
    const on = '2026-03-05';
    const sent = [
      openAccount('M-8'),
      envelope('invoice.issued.v1', 'M-8', {
        invoiceId: 'I-1',
        amount: euros('100.00'),
        issuedOn: on,
        instalments: [
          { number: 1, dueOn: '2026-04-01', amount: euros('30.00') },
          { number: 2, dueOn: '2026-05-01', amount: euros('70.00') },
        ],
      }),
      envelope('payment.received.v1', 'M-8', { paymentId: 'P-1', amount: euros('40.00'), receivedOn: on }),
    ];
    const position = (await server.post('/v1/messages', sent)).headers.get('duestream-position') ?? '';
    const invoice = await server.get('/v1/accounts/M-8/invoices/I-1', { 'duestream-min-position': position });
    expect(invoice.json).toMatchObject({
      open: '60.00',
      items: [
        { item: 1, open: '0.00' },
        { item: 2, open: '60.00' },
      ],
    });
  });

  it.each([
    ['an object', '{}', 'batch.not-an-array'],
    ['nothing', ' ', 'body.missing'],
    ['a truncated array', '[{"specversion":"1.0"', 'json.invalid'],
    ['brackets ten thousand deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'json.too-deep'],
  ])('answers 400 to %s', async (_, body, code) => {
    expect(await server.post('/v1/messages', body)).toMatchObject({ status: 400, json: { code } });
  });

  it('refuses a message with a key __proto__ and takes the others', async () => {
    const good = { specversion: '1.0', id: 'p1', source: '/t', type: 'account.opened.v1', subject: 'PROTO' };
    const opened = JSON.stringify({ ...good, data: { name: 'P', currency: 'EUR' } });
    const answer = await server.post('/v1/messages', `[{"__proto__":{"a":1}},${opened}]`);
    expect(answer).toMatchObject({
      status: 200,
      json: { items: [{ status: 'refused', problem: { code: 'json.forbidden-key' } }, { status: 'accepted' }] },
    });
  });

  it('answers 400 to bytes that are not UTF-8, 415 to other content, 413 to too much', async () => {
    const url = `${server.url}/v1/messages`;
    const json = { 'content-type': 'application/json' };
    const latin1 = await fetch(url, { method: 'POST', headers: json, body: Buffer.from('["\xe9"]', 'latin1') });
    expect(await latin1.json()).toMatchObject({ status: 400, code: 'body.not-utf8' });
    const xml = await server.post('/v1/messages', '<a/>', { 'content-type': 'application/xml' });
    expect(xml).toMatchObject({ status: 415, json: { code: 'content-type.unsupported' } });
    const huge = await server.post('/v1/messages', `["${'x'.repeat(17 * 1024 * 1024)}"]`);
    expect(huge).toMatchObject({ status: 413, json: { code: 'body.too-large' } });
  });

  it('answers 400 to a query that it does not know', async () => {
    expect(await server.post('/v1/messages?enforcement=perhaps', [])).toMatchObject({
      status: 400,
      json: { field: 'enforcement' },
    });
    expect(await server.post('/v1/messages?enforce=observe', [])).toMatchObject({
      status: 400,
      json: { field: 'enforce' },
    });
  });
});
