import { createTestDatabase, useTestDatabase } from '@duestream/platform/testing';
import { envelope, euros, openAccount } from '../e2e/support/messages';
import { startTestServer, type TestServer } from '../e2e/support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  await server.post('/v1/messages', [openAccount('L-1')]);
});
afterAll(() => server.close());

const times = (length: number, item: (n: number) => unknown): readonly unknown[] =>
  Array.from({ length }, (_, n) => item(n));
const members = (count: number): object =>
  Object.fromEntries(times(count, (n) => [`m${n}`, 'x']) as [string, string][]);
const nested = (levels: number): unknown => times(levels, (n) => n).reduce<unknown>((inner) => [inner], 'x');
const ids = { n: 0 };

const order = (more: object): object => ({ orderId: `SO-${++ids.n}`, amount: euros('1.00'), ...more });
const invoice = (instalments: readonly unknown[]): object => ({
  invoiceId: `I-${++ids.n}`,
  amount: euros(`${instalments.length}.00`),
  instalments,
});
const instalment = (n: number): object => ({ number: n + 1, dueOn: '2026-04-01', amount: euros('1.00') });
const payment = (more: object): object => ({ paymentId: `P-${++ids.n}`, amount: euros('1.00'), ...more });
const account = (more: object): object => ({ name: 'Ada', currency: 'EUR', ...more });
const reason = (text: string): object => ({ disputeId: `X-${++ids.n}`, invoiceId: 'I-unseen', reason: text });

/** Data of a size in characters of its canonical JSON. */
function orderOfSize(characters: number): object {
  const lines = [{ text: '' }];
  const data = { ...order({ orderId: `SO-${String(++ids.n).padStart(6, '0')}` }), lines };
  const missing = characters - JSON.stringify(data).length;
  return { ...data, lines: [{ text: 'x'.repeat(missing) }] };
}

describe('what one message may hold', () => {
  it.each<[limit: string, type: string, of: (size: number) => object, most: number, field: string]>([
    ['128 characters of an id', 'order.placed.v1', (size) => order({ orderId: characters(size) }), 128, 'data.orderId'],
    [
      '128 characters of a company',
      'order.placed.v1',
      (size) => order({ company: characters(size) }),
      128,
      'data.company',
    ],
    ['256 characters of a name', 'account.opened.v1', (size) => account({ name: characters(size) }), 256, 'data.name'],
    ['2 000 characters of a text', 'dispute.opened.v1', (size) => reason(characters(size)), 2_000, 'data.reason'],
    [
      '18 digits of an amount',
      'order.placed.v1',
      (size) => order({ amount: euros('9'.repeat(size)) }),
      18,
      'data.amount.amount',
    ],
    [
      '1 000 lines of an order',
      'order.placed.v1',
      (size) => order({ lines: times(size, () => ({})) }),
      1_000,
      'data.lines',
    ],
    ['100 members of a line', 'order.placed.v1', (size) => order({ lines: [members(size)] }), 100, 'data.lines[0]'],
    [
      '8 levels in the lines',
      'order.placed.v1',
      (size) => order({ lines: [{ x: nested(size - 1) }] }),
      8,
      'data.lines',
    ],
    ['1 000 instalments', 'invoice.issued.v1', (size) => invoice(times(size, instalment)), 1_000, 'data.instalments'],
    [
      'instalment number 1 000',
      'invoice.issued.v1',
      (size) => invoice([{ ...instalment(0), number: size }]),
      1_000,
      'data.instalments[0].number',
    ],
    [
      '1 000 remittance lines',
      'payment.received.v1',
      (size) => payment({ remittance: times(size, (n) => ({ invoiceId: `I-${n}` })) }),
      1_000,
      'data.remittance',
    ],
    ['100 attributes', 'account.opened.v1', (size) => account({ attributes: members(size) }), 100, 'data.attributes'],
    [
      '1 000 characters of an attribute',
      'account.opened.v1',
      (size) => account({ attributes: { a: characters(size) } }),
      1_000,
      'data.attributes.a',
    ],
    [
      '128 characters of an attribute’s name',
      'account.opened.v1',
      (size) => account({ attributes: { ['a'.repeat(size)]: 'x' } }),
      128,
      `data.attributes.${'a'.repeat(64)}…`,
    ],
    ['262 144 characters of data', 'order.placed.v1', orderOfSize, 262_144, 'data'],
  ])('%s, and not one more', async (_, type, of, most, field) => {
    const subject = type === 'account.opened.v1' ? `L-new-${++ids.n}` : 'L-1';
    const { json } = await server.post('/v1/messages', [
      envelope(type, subject, of(most)),
      envelope(type, `${subject}`, of(most + 1)),
    ]);
    const [atLimit, oneMore] = json['items'] as { status: string; problem?: { field?: string; detail?: string } }[];
    expect([atLimit?.status, atLimit?.problem?.detail]).toEqual([
      expect.stringMatching(/^(accepted|waiting)$/),
      undefined,
    ]);
    expect([oneMore?.status, oneMore?.problem?.field]).toEqual(['refused', field]);
  });

  it.each<[limit: string, of: (size: number) => object, most: number, field: string]>([
    ['512 characters of a source', (size) => ({ source: `/${'x'.repeat(size - 1)}` }), 512, 'source'],
    ['64 attributes of the envelope', (size) => Object.fromEntries(times(size - 7, (n) => [`x${n}`, 1]) as []), 64, ''],
    ['1 024 characters of an attribute of the envelope', (size) => ({ more: 'x'.repeat(size) }), 1_024, 'more'],
  ])('%s, and not one more', async (_, of, most, field) => {
    const data = { name: 'Ada', currency: 'EUR' };
    const { json } = await server.post('/v1/messages', [
      { ...envelope('account.opened.v1', `L-new-${++ids.n}`, data), ...of(most) },
      { ...envelope('account.opened.v1', `L-new-${++ids.n}`, data), ...of(most + 1) },
    ]);
    expect(json['items']).toMatchObject([{ status: 'accepted' }, { status: 'refused', problem: { field } }]);
  });
});

describe('what one request may ask for', () => {
  it.each([
    ['/v1/accounts?limit=', 1_000, 'limit'],
    ['/v1/aging?limit=', 1_000, 'limit'],
    ['/v1/at-risk?limit=', 1_000, 'limit'],
    ['/v1/holds?limit=', 1_000, 'limit'],
    ['/v1/waiting?limit=', 1_000, 'limit'],
    ['/v1/accounts/L-1/open-items?limit=', 1_000, 'limit'],
    ['/v1/accounts/L-1/history?limit=', 1_000, 'limit'],
    ['/v1/aging?buckets=', 36_500, 'buckets'],
  ])('%s%s, and not one more', async (address, most, field) => {
    expect((await server.get(address + most)).status).toBe(200);
    expect(await server.get(address + (most + 1))).toMatchObject({ status: 400, json: { field } });
  });

  it('20 borders of buckets, and not one more', async () => {
    const borders = (count: number): string => times(count, (n) => n + 1).join(',');
    expect((await server.get(`/v1/aging?buckets=${borders(20)}`)).status).toBe(200);
    expect(await server.get(`/v1/aging?buckets=${borders(21)}`)).toMatchObject({
      status: 400,
      json: { field: 'buckets' },
    });
  });

  it.each(['duestream-actor', 'idempotency-key'])('128 characters in %s, and not one more', async (name) => {
    const block = (length: number): ReturnType<TestServer['post']> =>
      server.post('/v1/accounts/L-1/block', { reason: 'x' }, { [name]: 'x'.repeat(length) });
    expect((await block(128)).status).toBe(201);
    expect((await block(129)).status).toBe(400);
  });

  it('32 levels below the body, and not one more', async () => {
    const of = (levels: number): unknown => ({ reason: nested(levels) });
    expect((await server.post('/v1/accounts/L-1/block', of(32))).json['code']).toBe('field.wrong-type');
    expect((await server.post('/v1/accounts/L-1/block', of(33))).json['code']).toBe('json.too-deep');
  });
});

describe('commands that wait', () => {
  it('as many in all as the limit, and not one more: the request is turned away whole', async () => {
    // A database of its own: what other accounts hold there is looked at again as a server starts, and waits too.
    const empty = await createTestDatabase();
    const small = await startTestServer(empty.connectionString, { limits: { maxWaiting: 4 } });
    try {
      const many = (count: number): readonly unknown[] => times(count, () => openAccount(`L-new-${++ids.n}`));
      expect((await small.post('/v1/messages', many(4))).status).toBe(200);
      const refused = await small.post('/v1/messages', many(5));
      expect(refused).toMatchObject({ status: 503, json: { code: 'processor.overloaded' } });
      expect(refused.headers.get('retry-after')).toBe('1');
    } finally {
      await small.close();
      await empty.drop();
    }
  });
});

/** Characters of four bytes: a limit counts characters and not bytes. The first makes each one another. */
function characters(length: number): string {
  return `${String.fromCodePoint(0x4e00 + (++ids.n % 20_000))}${'😀'.repeat(length - 1)}`;
}
