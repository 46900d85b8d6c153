import { useTestDatabase } from '@duestream/platform/testing';
import { envelope, euros, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type Json, type TestServer } from './support/server';
import { ANY_LIST, ANY_NUMBER, ANY_TEXT } from './support/matchers';

const database = useTestDatabase();
let server: TestServer;
let written: Readonly<Record<string, string>>;

const invoice = (subject: string, invoiceId: string, amount: string, dueOn: string) =>
  envelope('invoice.issued.v1', subject, { invoiceId, amount: euros(amount), issuedOn: '2026-01-01', dueOn });

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  const accounts = Array.from({ length: 25 }, (_, n) => `Q-${String(n).padStart(2, '0')}`);
  await server.post(
    '/v1/messages',
    accounts.map((id, n) => openAccount(id, { name: `Customer ${n}`, segment: n % 2 === 0 ? 'even' : 'odd' })),
  );
  const sent = await server.post('/v1/messages', [
    setLimit('Q-00', '500.00'),
    invoice('Q-00', 'I,1', '100.00', '2026-01-31'),
    invoice('Q-00', 'I"2', '50.00', '2026-03-31'),
    invoice('Q-01', 'I-3', '7.50', '2026-02-10'),
    envelope('payment.received.v1', 'Q-00', {
      paymentId: 'P-1',
      amount: euros('30.00'),
      receivedOn: '2026-02-15',
      remittance: [{ invoiceId: 'I,1' }],
    }),
    placeOrder('Q-00', 'SO-1', '1000.00'),
    placeOrder('Q-02', 'SO-2', '1.00'),
    envelope('dispute.opened.v1', 'Q-01', {
      disputeId: 'D-1',
      invoiceId: 'unseen',
      reason: 'late',
      openedOn: '2026-02-01',
    }),
  ]);
  written = { 'duestream-min-position': sent.headers.get('duestream-position') ?? '' };
});
afterAll(() => server.close());

const listed = (json: Json) => json['items'] as readonly Json[];

async function wholeList(address: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  let cursor: string | null = null;
  do {
    const { json }: { json: Json } = await server.get(
      `${address}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      written,
    );
    items.push(...listed(json));
    cursor = json['nextCursor'] as string | null;
  } while (cursor !== null);
  return items;
}

describe('lists', () => {
  it('go on where the cursor says, and miss and repeat nothing', async () => {
    const items = await wholeList('/v1/accounts?limit=7');
    expect(items.map((item) => item['accountId'])).toEqual(
      Array.from({ length: 25 }, (_, n) => `Q-${String(n).padStart(2, '0')}`),
    );
  });

  it('filter and sort', async () => {
    const odd = await server.get('/v1/accounts?segment=odd&sort=-accountId&limit=2', written);
    expect(listed(odd.json).map((item) => item['accountId'])).toEqual(['Q-23', 'Q-21']);
    expect(listed((await server.get('/v1/accounts?text=customer%207', written)).json)).toHaveLength(1);
  });

  it('are whole as CSV, quoted where they must be', async () => {
    const csv = await server.get('/v1/accounts/Q-00/open-items?asOf=2026-03-01&limit=1', {
      ...written,
      accept: 'text/csv',
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('duestream-position')).not.toBeNull();
    const [head, ...rows] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'accountId,kind,company,number,item,currency,original,open,issuedOn,dueOn,daysPastDue,bucketFrom,bucketTo,disputed',
    );
    expect(rows).toEqual([
      'Q-00,invoice,,"I,1",0,EUR,100.00,70.00,2026-01-01,2026-01-31,29,1,30,0.00',
      'Q-00,invoice,,"I""2",0,EUR,50.00,50.00,2026-01-01,2026-03-31,-30,,0,0.00',
    ]);
    expect(
      (await server.get('/v1/accounts?limit=3', { ...written, accept: 'text/csv' })).text.trimEnd().split('\r\n'),
    ).toHaveLength(26);
  });

  it('stay JSON where JSON is preferred', async () => {
    const answer = await server.get('/v1/accounts', { ...written, accept: 'application/json, text/csv;q=0.5' });
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it('answer 404 before they begin when the account is unknown, as CSV too', async () => {
    for (const accept of ['application/json', 'text/csv']) {
      for (const list of ['open-items', 'history']) {
        expect((await server.get(`/v1/accounts/nobody/${list}`, { ...written, accept })).status).toBe(404);
      }
    }
  });
});

describe('reports', () => {
  it('age by portfolio, account and segment, as of a day', async () => {
    const portfolio = await server.get('/v1/aging?asOf=2026-03-01', written);
    expect(listed(portfolio.json)).toMatchObject([
      {
        key: '',
        currency: 'EUR',
        total: '127.50',
        overdue: '77.50',
        openItems: 3,
        buckets: [{ amount: '50.00' }, { from: 1, to: 30, amount: '77.50', count: 2 }, {}, {}, {}],
      },
    ]);
    const accounts = await server.get('/v1/aging?asOf=2026-03-01&by=account', written);
    expect(listed(accounts.json).map((item) => [item['key'], item['total']])).toEqual([
      ['Q-00', '120.00'],
      ['Q-01', '7.50'],
    ]);
    const segments = await server.get('/v1/aging?asOf=2026-02-14&by=segment&buckets=10', written);
    expect(listed(segments.json)).toMatchObject([
      {
        key: 'even',
        total: '150.00',
        buckets: [
          { to: 0, amount: '50.00' },
          { from: 1, to: 10, amount: '0.00' },
          { from: 11, to: null, amount: '100.00' },
        ],
      },
      { key: 'odd', total: '7.50' },
    ]);
  });

  it('age as CSV with a column per bucket', async () => {
    const csv = await server.get('/v1/aging?asOf=2026-03-01&by=account&buckets=30', { ...written, accept: 'text/csv' });
    expect(csv.text).toBe(
      'key,currency,not due,not due count,1-30,1-30 count,31+,31+ count,total,overdue,disputed,openItems\r\n' +
        'Q-00,EUR,50.00,1,70.00,1,0.00,0,120.00,70.00,0.00,2\r\nQ-01,EUR,0.00,0,7.50,1,0.00,0,7.50,7.50,0.00,1\r\n',
    );
  });

  it('show exposure as of a day, and as it was known before anything was', async () => {
    const exposure = await server.get('/v1/accounts/Q-00/exposure?asOf=2026-02-01', written);
    expect(exposure.json).toMatchObject({
      total: '150.00',
      limit: '500.00',
      available: '350.00',
      utilisation: '0.3000',
    });
    const before = await server.get(
      '/v1/accounts/Q-00/exposure?asOf=2026-02-01&knownAt=2020-01-01T00:00:00%2B01:00',
      written,
    );
    expect(before.json).toMatchObject({ total: '0.00' });
  });

  it('list holds with their reasons, and waiting messages', async () => {
    const holds = await server.get('/v1/holds', written);
    expect(listed(holds.json)).toMatchObject([
      { accountId: 'Q-00', orderId: 'SO-1', decision: { reasons: [{ rule: 'limit.static' }] } },
      { accountId: 'Q-02', orderId: 'SO-2', decision: { reasons: [{ rule: 'limit.not-set' }] } },
    ]);
    const waiting = await server.get('/v1/waiting', written);
    expect(listed(waiting.json)).toMatchObject([
      { accountId: 'Q-01', messageType: 'dispute.opened.v1', waitingFor: { kind: 'invoice', number: 'unseen' } },
    ]);
    expect((await server.get('/v1/waiting', { ...written, accept: 'text/csv' })).text).toContain(
      'Q-01,dispute.opened.v1,/erp/test',
    );
  });

  it('name accounts at risk with reasons', async () => {
    const risky = await server.get('/v1/at-risk', written);
    expect(risky.status).toBe(200);
    for (const item of listed(risky.json))
      expect(item).toMatchObject({ tier: ANY_TEXT, since: ANY_TEXT, reasons: ANY_LIST });
    expect((await server.get('/v1/at-risk?tier=critical', { ...written, accept: 'text/csv' })).status).toBe(200);
  });

  it('answer 404 for what is unknown, and name it', async () => {
    for (const [address, field] of [
      ['Q-99', 'accountId'],
      ['Q-99/exposure', 'accountId'],
      ['Q-99/orders/none', 'accountId'],
      ['Q-00/orders/none', 'orderId'],
      ['Q-00/invoices/none', 'invoiceId'],
      ['Q-00/payments/none', 'paymentId'],
      ['Q-99/history', 'accountId'],
      ['Q-99/state', 'accountId'],
    ]) {
      const { status, json } = await server.get(`/v1/accounts/${address}`, written);
      expect([address, status, json['field']]).toEqual([address, 404, field]);
    }
  });
});

describe('history and state', () => {
  it('give the events of inclusive revisions in the outbound form', async () => {
    const { json } = await server.get('/v1/accounts/Q-00/history?from=1&to=3');
    expect(listed(json).map((item) => [item['revision'], item['type']])).toEqual([
      [1, 'duestream.limit.set.v1'],
      [2, 'duestream.invoice.issued.v1'],
      [3, 'duestream.invoice.issued.v1'],
    ]);
    for (const item of listed(json))
      expect(Object.keys(item['data'] as object)).not.toEqual(expect.arrayContaining(['contentHash']));
    expect(listed((await server.get('/v1/accounts/Q-00/history?from=99')).json)).toEqual([]);
  });

  it('page through a history that does not change under way', async () => {
    const first = await server.get('/v1/accounts/Q-03/history?limit=1');
    expect(first.json['nextCursor']).toBeNull();
    const all = await wholeList('/v1/accounts/Q-00/history?limit=2');
    expect(all.map((item) => item['revision'])).toEqual(all.map((_, index) => index));
  });

  it('give the exact bytes that are stored', async () => {
    const { json } = await server.get('/v1/accounts/Q-00/history?stored=true&to=0');
    const [stored] = listed(json);
    expect(stored).toMatchObject({ revision: 0, type: 'account.opened.v1' });
    expect(JSON.parse(String(stored?.['data']))).toMatchObject({ name: 'Customer 0', contentHash: ANY_TEXT });
    expect(String(stored?.['metadata'])).toMatch(/"hash":"[0-9a-f]{64}"\}$/);
  });

  it('give the state after a revision and as known at an instant', async () => {
    expect((await server.get('/v1/accounts/Q-00/state?revision=2')).json).toMatchObject({
      revision: 2,
      exposure: { amount: '100.00' },
      invoices: [{ number: 'I,1', items: [{ dueOn: '2026-01-31' }] }],
      orders: [],
    });
    const now = new Date().toISOString();
    expect((await server.get(`/v1/accounts/Q-00/state?knownAt=${now}`)).json).toEqual(
      (await server.get('/v1/accounts/Q-00/state')).json,
    );
    expect((await server.get('/v1/accounts/Q-00/state?knownAt=2020-01-01T00:00:00Z')).status).toBe(404);
  });

  it('is CSV where that is asked for', async () => {
    const csv = await server.get('/v1/accounts/Q-03/history', { accept: 'text/csv' });
    expect(csv.text).toMatch(/^revision,position,id,type,.*\r\n0,.*duestream\.account\.opened\.v1/);
  });
});

describe('operations', () => {
  it('rebuild the read models and tell how it goes, with the same answers after', async () => {
    const before = await server.get('/v1/aging?by=account&asOf=2026-03-01', written);
    const answer = await server.post('/v1/operations/rebuild', undefined);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    expect(lines[0]).toMatchObject({ phase: ANY_TEXT, done: ANY_NUMBER });
    expect(lines.at(-1)).toMatchObject({ result: { swapped: true, models: ANY_LIST } });
    expect((await server.get('/v1/aging?by=account&asOf=2026-03-01', written)).json).toEqual(before.json);
  });

  it('verify every account, or one, and name an unknown one', async () => {
    const lastOf = async (query: string) => {
      const { text } = await server.post(`/v1/operations/verify${query}`, undefined);
      return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Json;
    };
    expect(await lastOf('')).toMatchObject({ result: { accounts: 25, intact: true, findings: [] } });
    expect(await lastOf('?account=Q-03')).toMatchObject({ result: { accounts: 1, events: 1, intact: true } });
    expect(await lastOf('?account=nobody')).toMatchObject({ problem: { code: 'account.unknown', field: 'account' } });
  });

  it('say that the server is alive and ready, with its dependencies', async () => {
    expect((await server.get('/health/live')).json).toEqual({ status: 'live' });
    const answers = await server.getOfEach('/health/ready');
    expect(answers.map(({ status, json }) => [status, json['status']])).toEqual(answers.map(() => [200, 'ready']));
    expect(Object.assign({}, ...answers.map(({ json }) => json['dependencies']))).toMatchObject({
      eventStore: { ready: true },
      readModels: { ready: true },
      accountProcessor: { ready: true },
    });
  });

  it('count decisions, writes, conflicts, queue and lag', async () => {
    const text = (await server.getOfEach('/metrics')).map((answer) => answer.text).join('\n');
    expect(text).toMatch(/^duestream_decisions_total\{outcome="held"\} [1-9]/m);
    for (const name of [
      'write_events_sum',
      'append_seconds_count',
      'conflicts_total',
      'queue_depth',
      'read_model_lag_events',
      'read_model_lag_seconds',
    ]) {
      expect(text).toMatch(new RegExp(`^duestream_${name} \\d`, 'm'));
    }
    expect(text).not.toContain('Q-00');
  });
});
