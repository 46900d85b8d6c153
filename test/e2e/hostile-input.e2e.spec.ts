import { useTestDatabase } from '@duestream/platform/testing';
import { openRawClient, readRaw } from '../limits/support/raw-client';
import { envelope, euros, openAccount, setLimit } from './support/messages';
import { startTestServer, type TestServer } from './support/server';
import { ANY_TEXT, containing } from './support/matchers';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  await server.post('/v1/messages', [openAccount('H-1'), setLimit('H-1', '1000.00')]);
});
afterAll(() => server.close());

const ACCOUNT = '/v1/accounts/H-1';
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1.5,
  '',
  ' ',
  'x\u0000y',
  '\ud800',
  [],
  {},
  [[]],
  { amount: 1 },
  '9'.repeat(400),
  '2026-02-30',
];

const COMMANDS: readonly (readonly [address: string, body: Readonly<Record<string, unknown>>])[] = [
  [
    'orders',
    {
      orderId: 'SO',
      amount: euros('1.00'),
      orderDate: '2026-03-02',
      shipBy: '2026-03-09',
      terms: 'NET30',
      lines: [],
      company: 'A',
      enforcement: 'observe',
    },
  ],
  ['orders/check', { amount: euros('1.00'), orderDate: '2026-03-02' }],
  ['orders/SO/change', { amount: euros('1.00'), changedOn: '2026-03-02', shipBy: '2026-03-02', terms: 'NET30' }],
  ['orders/SO/cancel', { reason: 'x', cancelledOn: '2026-03-02' }],
  ['orders/SO/close', { reason: 'x', closedOn: '2026-03-02' }],
  ['orders/SO/shipments', { shipmentId: 'D', amount: euros('1.00'), shippedOn: '2026-03-02' }],
  ['orders/SO/release', { reason: 'x', amount: euros('1.00'), expiresOn: '2026-03-02' }],
  ['orders/SO/reject', { reason: 'x' }],
  [
    'invoices',
    {
      invoiceId: 'I',
      amount: euros('1.00'),
      issuedOn: '2026-03-02',
      dueOn: '2026-03-02',
      final: true,
      orderId: 'SO',
      shipmentId: 'D',
    },
  ],
  [
    'invoices',
    {
      invoiceId: 'I2',
      amount: euros('1.00'),
      issuedOn: '2026-03-02',
      instalments: [{ number: 1, dueOn: '2026-03-02', amount: euros('1.00') }],
    },
  ],
  ['credit-notes', { creditNoteId: 'C', amount: euros('1.00'), issuedOn: '2026-03-02', invoiceId: 'I', reason: 'x' }],
  [
    'payments',
    {
      paymentId: 'P',
      amount: euros('1.00'),
      receivedOn: '2026-03-02',
      remittance: [{ invoiceId: 'I', amount: euros('1.00'), instalment: 1 }],
      reference: 'x',
      payer: 'x',
    },
  ],
  ['payments/P/reverse', { reversedOn: '2026-03-02', reason: 'x' }],
  ['payments/P/refund', { refundId: 'R', amount: euros('1.00'), refundedOn: '2026-03-02' }],
  [
    'applications',
    {
      applicationId: 'A',
      paymentId: 'P',
      invoiceId: 'I',
      instalment: 1,
      amount: euros('1.00'),
      appliedOn: '2026-03-02',
    },
  ],
  ['applications/A/unapply', { unappliedOn: '2026-03-02' }],
  ['disputes', { disputeId: 'X', invoiceId: 'I', amount: euros('1.00'), reason: 'x', openedOn: '2026-03-02' }],
  ['disputes/X/resolve', { outcome: 'valid', resolvedOn: '2026-03-02' }],
  ['write-offs', { writeOffId: 'W', invoiceId: 'I', amount: euros('1.00'), reason: 'x', writtenOffOn: '2026-03-02' }],
  ['block', { reason: 'x', blockedOn: '2026-03-02' }],
  ['unblock', { reason: 'x', unblockedOn: '2026-03-02' }],
];

describe('a body of another shape', () => {
  it.each(COMMANDS)(
    '%s: any value in any field is never answered with a 5xx, and a 400 names the field',
    async (address, body) => {
      for (const field of Object.keys(body)) {
        for (const value of VALUES) {
          const sent = { ...body, [field]: value };
          const answer = await server.post(`${ACCOUNT}/${address}`, sent);
          expect([field, value, answer.status < 500, answer.text.slice(0, 200)]).toEqual([
            field,
            value,
            true,
            answer.text.slice(0, 200),
          ]);
          if (answer.status === 400) expect(String(answer.json['field'])).toContain(field);
        }
      }
    },
  );

  it.each(['PUT /v1/accounts/H-2', 'PUT /v1/accounts/H-1/limit'])('%s: neither', async (route) => {
    const [method = '', address = ''] = route.split(' ');
    const body = {
      name: 'x',
      currency: 'EUR',
      terms: 'NET30',
      country: 'DE',
      attributes: { a: 'b' },
      amount: euros('1.00'),
      validTo: '2026-03-02',
    };
    for (const field of Object.keys(body)) {
      for (const value of VALUES) {
        const answer = await server.request(method, address, { body: { ...body, [field]: value } });
        expect([field, value, answer.status]).toEqual([field, value, 400]);
      }
    }
  });

  it.each(['[]', 'null', '"text"', '17', 'true'])('%s is no object', async (body) => {
    expect(await server.post(`${ACCOUNT}/orders`, body)).toMatchObject({ status: 400, json: { field: 'body' } });
  });

  it('names an unknown field, also inside of a list', async () => {
    const payment = {
      paymentId: 'P9',
      amount: euros('1.00'),
      remittance: [{ invoiceId: 'I' }, { invoiceId: 'I', ammount: 1 }],
    };
    expect(await server.post(`${ACCOUNT}/payments`, payment)).toMatchObject({
      status: 400,
      json: { field: 'remittance[1].ammount' },
    });
    expect(await server.post(`${ACCOUNT}/orders`, { orderID: 'x' })).toMatchObject({
      status: 400,
      json: { field: ANY_TEXT },
    });
  });

  it('names what is missing, what was there and what is expected', async () => {
    const missing = await server.post(`${ACCOUNT}/orders`, { amount: euros('1.00') });
    expect(missing.json).toMatchObject({
      code: 'field.missing',
      field: 'orderId',
      expected: containing('1–128'),
    });
    const wrong = await server.post(`${ACCOUNT}/orders`, {
      orderId: 'SO-X',
      amount: { amount: '1.234', currency: 'JPY' },
    });
    expect(wrong.json).toMatchObject({
      field: 'amount.amount',
      value: '"1.234"',
      expected: containing('JPY'),
    });
  });

  it('says so when it contradicts the address', async () => {
    const answer = await server.post(`${ACCOUNT}/orders/SO-1/cancel`, { orderId: 'SO-2' });
    expect(answer).toMatchObject({ status: 400, json: { field: 'orderId', code: 'field.contradicts-path' } });
  });
});

describe('an address', () => {
  it.each(['%00', '%0A', '%20x', 'x%20', '%C2%85', 'e%CC%81', 'x'.repeat(129), 'x'.repeat(4_000)])(
    'with the id %s is answered with a 4xx',
    async (id) => {
      const tried = [
        await server.get(`/v1/accounts/${id}`),
        await server.get(`${ACCOUNT}/orders/${id}`),
        await server.post(`${ACCOUNT}/orders/${id}/cancel`, {}),
        await server.put(`/v1/accounts/${id}`, { name: 'x', currency: 'EUR' }),
        await server.get(`/v1/accounts/${id}/history`),
      ];
      for (const { status, json } of tried) {
        expect([400, 404, 414]).toContain(status);
        expect(json['code']).toEqual(ANY_TEXT);
      }
    },
  );

  it.each(['%', '%zz', '%E0%A4%A'])('that is not percent-encoded rightly (%s) is 400', async (id) => {
    expect(await server.get(`/v1/accounts/${id}`)).toMatchObject({ status: 400, json: { code: 'address.invalid' } });
  });

  it('with 128 characters of four bytes works', async () => {
    const id = encodeURIComponent('😀'.repeat(128));
    expect((await server.put(`/v1/accounts/${id}`, { name: 'x', currency: 'EUR' })).status).toBe(201);
    expect((await server.get(`/v1/accounts/${id}/history`)).status).toBe(200);
  });

  it('that is a property of every object is an ordinary id', async () => {
    for (const id of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const address = `/v1/accounts/${id}`;
      expect([id, (await server.put(address, { name: 'x', currency: 'EUR' })).status]).toEqual([id, 201]);
      expect((await server.put(`${address}/limit`, { amount: euros('5.00') })).status).toBe(200);
      const placed = await server.post(`${address}/orders`, { orderId: id, amount: euros('1.00') });
      expect(placed.status).toBe(201);
      const since = { 'duestream-min-position': String(placed.json['position']) };
      expect((await server.get(`${address}/orders/${id}`, since)).json).toMatchObject({
        orderId: id,
        status: 'approved',
      });
    }
  });

  it('that leads nowhere is 404, and a method that is not there too', async () => {
    expect(await server.get('/v2')).toMatchObject({ status: 404, json: { code: 'route.unknown', field: 'address' } });
    expect((await server.request('DELETE', ACCOUNT)).status).toBe(404);
  });
});

describe('a query', () => {
  it.each([
    ['exposure?asOf=2026-02-30', 'asOf'],
    ['exposure?asOf=', 'asOf'],
    ['exposure?knownAt=yesterday', 'knownAt'],
    ['exposure?asof=2026-02-01', 'asof'],
    ['exposure?asOf=2026-02-01&asOf=2026-02-02', 'asOf'],
    ['open-items?limit=0', 'limit'],
    ['open-items?limit=1001', 'limit'],
    ['open-items?limit=ten', 'limit'],
    ['open-items?cursor=abc', 'cursor'],
    ['history?from=-1', 'from'],
    ['history?stored=yes', 'stored'],
    ['history?cursor=zz', 'cursor'],
    ['state?revision=1.5', 'revision'],
    ['state?revision=1&knownAt=2026-03-02T00:00:00Z', 'knownAt'],
    ['orders/x?company=%00', 'company'],
  ])('%s is 400 and names %s', async (query, field) => {
    expect(await server.get(`${ACCOUNT}/${query}`)).toMatchObject({ status: 400, json: { field } });
  });

  it.each([
    ['aging?by=country', 'by'],
    ['aging?currency=eur', 'currency'],
    ['aging?buckets=30,20', 'buckets'],
    ['aging?buckets=a', 'buckets'],
    ['at-risk?tier=bad', 'tier'],
    ['accounts?sort=size', 'sort'],
    ['accounts?blocked=maybe', 'blocked'],
    ['accounts?segment=%00', 'segment'],
    ['holds?accountId=%00', 'accountId'],
    ['waiting?cursor=W10', 'cursor'],
  ])('%s is 400 and names %s', async (query, field) => {
    expect(await server.get(`/v1/${query}`)).toMatchObject({ status: 400, json: { field } });
  });

  it('of a cursor made by hand is never a 5xx', async () => {
    const made = [
      [1],
      ['accounts'],
      ['["holds",null]', '2026-01-01', null, 1, ['x']],
      ['["holds",null]', 'x', null, 1e300, []],
    ];
    for (const cursor of made.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'))) {
      for (const list of ['accounts', 'aging', 'at-risk', 'holds', 'waiting']) {
        const { status, text } = await server.get(`/v1/${list}?cursor=${cursor}`);
        expect([list, cursor, status, text]).toEqual([list, cursor, 400, text]);
      }
    }
  });

  it('that waits for a position which is none is 400', async () => {
    const answer = await server.get('/v1/accounts', { 'duestream-min-position': 'tomorrow' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'position.unreadable' } });
  });
});

describe('a header', () => {
  it.each([
    ['if-match', '"abc"', 'If-Match'],
    ['idempotency-key', ' '.repeat(3), 'Idempotency-Key'],
    ['idempotency-key', 'x'.repeat(129), 'Idempotency-Key'],
    ['duestream-actor', 'x'.repeat(129), 'Duestream-Actor'],
  ])('%s: %s is 400', async (name, value, field) => {
    expect(await server.post(`${ACCOUNT}/block`, { reason: 'x' }, { [name]: value })).toMatchObject({
      status: 400,
      json: { field },
    });
  });
});

describe('a browser that follows a page of somebody else', () => {
  it.each([
    ['under a name that leads here', 'GET /v1/accounts', 'Host: rebound.example', 421, 'host.unknown'],
    ['to what is carried out unread', 'POST /v1/operations/rebuild', 'Sec-Fetch-Site: cross-site', 403, 'page.foreign'],
  ])('%s is turned away', async (_, request, header, status, code) => {
    const client = await openRawClient(server.url);
    const host = header.startsWith('Host') ? '' : `Host: ${new URL(server.url).host}\r\n`;
    client.write(`${request} HTTP/1.1\r\n${host}${header}\r\nConnection: close\r\n\r\n`);
    expect(readRaw(await client.closed)).toMatchObject({ status, json: { code } });
  });
});

describe('a message of another shape', () => {
  it('is refused, whatever stands in whatever place', async () => {
    const whole = envelope('order.placed.v1', 'H-1', { orderId: 'SO', amount: euros('1.00') });
    const wrong = Object.keys(whole).flatMap((field) => VALUES.map((value) => ({ ...whole, [field]: value })));
    for (let start = 0; start < wrong.length; start += 1_000) {
      const answer = await server.post(
        '/v1/messages',
        [...wrong.slice(start, start + 1_000), ...VALUES].slice(0, 1_000),
      );
      expect(answer.status).toBe(200);
      for (const item of answer.json['items'] as { problem?: { status: number } }[])
        expect(item.problem?.status ?? 0).toBeLessThan(500);
    }
  });
});
