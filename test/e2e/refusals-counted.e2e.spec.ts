import { useTestDatabase } from '@duestream/platform/testing';
import { euros, openAccount, placeOrder } from './support/messages';
import { startTestServer, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
});
afterAll(() => server.close());

async function refused(): Promise<number> {
  const answers = await server.getOfEach('/metrics');
  return answers.reduce((sum, { text }) => {
    const [, count = '0'] = /^duestream_answers_total\{status="refused"\} (\d+)$/m.exec(text) ?? [];
    return sum + Number(count);
  }, 0);
}

/** How many more refusals are counted after the work than before. */
async function refusedBy(work: () => Promise<unknown>): Promise<number> {
  const before = await refused();
  await work();
  return (await refused()) - before;
}

const wrong = { ...placeOrder('RC-1', 'SO-1', '10.00'), data: { orderId: 'SO-1', amount: 'ten' } };

describe('duestream_answers_total counts as refused', () => {
  it('each message of a batch that is refused because of its shape or by its account', async () => {
    const sent = [openAccount('RC-1'), wrong, 'no message', placeOrder('RC-2', 'SO-1', '10.00')];
    expect(await refusedBy(() => server.post('/v1/messages', sent))).toBe(3);
  });

  it('a single command that is refused because of its shape, its address or its body', async () => {
    const orders = '/v1/accounts/RC-1/orders';
    expect(await refusedBy(() => server.post(orders, { orderId: 'SO-2', amount: 'ten' }))).toBe(1);
    expect(await refusedBy(() => server.post(`${orders}?compnay=x`, { orderId: 'SO-2', amount: euros('1.00') }))).toBe(
      1,
    );
    expect(await refusedBy(() => server.put('/v1/accounts/RC-1', { nme: 'Ada Ltd' }))).toBe(1);
  });

  it('a single command that its account refuses, once', async () => {
    const order = { orderId: 'SO-1', amount: euros('1.00') };
    expect(await refusedBy(() => server.post('/v1/accounts/RC-3/orders', order))).toBe(1);
  });

  it('neither what only asks nor what is answered otherwise', async () => {
    const asked = async () => {
      await server.post('/v1/accounts/RC-1/orders/check', { amount: 'ten' });
      await server.get('/v1/accounts/RC-1/history?from=x');
      await server.post('/v1/messages', { no: 'array' });
      await server.post('/v1/messages', [openAccount('RC-1')]);
    };
    expect(await refusedBy(asked)).toBe(0);
  });
});
