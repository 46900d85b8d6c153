import { createTestDatabase, useTestDatabase } from '@duestream/platform/testing';
import { euros, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type TestServer } from './support/server';
import { ANY_NUMBER } from './support/matchers';

const database = useTestDatabase();

async function withServers(count: number, work: (servers: readonly TestServer[]) => Promise<void>): Promise<void> {
  const servers: TestServer[] = [];
  try {
    for (let n = 0; n < count; n += 1) servers.push(await startTestServer(database().connectionString));
    await work(servers);
  } finally {
    for (const server of servers) await server.close();
  }
}

function of(servers: readonly TestServer[], index: number): TestServer {
  const server = servers[index];
  if (server === undefined) throw new Error(`there is no server ${index}`);
  return server;
}

const order = (orderId: string, amount: string) => ({ orderId, amount: euros(amount), orderDate: '2026-03-02' });

describe('two orders of 10 000 against a limit of 10 000 at the same moment', () => {
  it.each([1, 2])('through %i server(s): exactly one is approved, ten times out of ten', async (count) => {
    await withServers(count, async (servers) => {
      for (let round = 0; round < 10; round += 1) {
        const id = `R-${count}-${round}`;
        await of(servers, 0).post('/v1/messages', [openAccount(id), setLimit(id, '10000.00')]);
        const answers = await Promise.all(
          ['A', 'B'].map((name, n) =>
            of(servers, n % count).post(`/v1/accounts/${id}/orders`, order(name, '10000.00')),
          ),
        );
        expect(answers.map((answer) => answer.json['orderStatus']).sort()).toEqual(['approved', 'held']);
      }
    });
  });
});

describe('two servers on one database', () => {
  it('approve together exactly what fits, and lose or double nothing', async () => {
    await withServers(2, async (servers) => {
      await of(servers, 0).post('/v1/messages', [openAccount('HOT'), setLimit('HOT', '100.00')]);
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          of(servers, n % 2).post('/v1/accounts/HOT/orders', order(`SO-${n}`, '1.00')),
        ),
      );
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 201));
      expect(answers.filter((answer) => answer.json['orderStatus'] === 'approved')).toHaveLength(100);
      const state = await of(servers, 1).get('/v1/accounts/HOT/state');
      expect(state.json).toMatchObject({ exposure: { amount: '100.00' }, documents: ANY_NUMBER });
      expect(state.json['orders']).toHaveLength(200);
    });
  });

  it('know each other’s writes at once: what one refused as unknown it takes after the other opened it', async () => {
    await withServers(2, async ([here, there]) => {
      expect((await here?.post('/v1/accounts/LATE/orders', order('SO-1', '1.00')))?.status).toBe(404);
      await there?.put('/v1/accounts/LATE', { name: 'x', currency: 'EUR' });
      expect((await here?.post('/v1/accounts/LATE/orders', order('SO-1', '1.00')))?.status).toBe(201);
      expect((await there?.post('/v1/accounts/LATE/orders', order('SO-1', '1.00')))?.status).toBe(200);
    });
  });

  it('record a message that reaches both at once a single time', async () => {
    await withServers(2, async (servers) => {
      await of(servers, 0).post('/v1/messages', [openAccount('TWICE')]);
      const message = placeOrder('TWICE', 'SO-1', '1.00');
      const answers = await Promise.all(servers.map((server) => server.post('/v1/messages', [message])));
      const statuses = answers.flatMap(({ json }) => json['items'] as { status: string }[]).map(({ status }) => status);
      expect(statuses.sort()).toEqual(['accepted', 'duplicate']);
    });
  });
});

describe('a restart', () => {
  it('keeps what was answered: the same again is a duplicate with the first decision', async () => {
    const message = placeOrder('AGAIN', 'SO-1', '600.00');
    let first: unknown;
    await withServers(1, async ([server]) => {
      const answer = await server?.post('/v1/messages', [openAccount('AGAIN'), setLimit('AGAIN', '1000.00'), message]);
      first = (answer?.json['items'] as readonly { decision?: object }[])[2]?.decision;
    });
    await withServers(1, async ([server]) => {
      const again = await server?.post('/v1/messages', [message]);
      expect(again?.json['items']).toMatchObject([{ status: 'duplicate', orderStatus: 'approved', decision: first }]);
    });
  });

  it('with another time zone is refused once there are events, and possible before', async () => {
    const empty = await createTestDatabase();
    try {
      await (await startTestServer(empty.connectionString, {}, { timeZone: 'Europe/Berlin' })).close();
      const server = await startTestServer(empty.connectionString, {}, { timeZone: 'Asia/Tokyo' });
      await server.post('/v1/messages', [openAccount('Z-1')]);
      await server.close();
      await expect(startTestServer(empty.connectionString)).rejects.toMatchObject({
        code: 'time-zone.fixed',
        standing: 'Asia/Tokyo',
      });
    } finally {
      await empty.drop();
    }
  });
});

describe('the start', () => {
  it('is refused on an address that others can reach, while there is no authentication', async () => {
    const open = { http: { host: '0.0.0.0', port: 0, loopbackOnly: false } };
    await expect(startTestServer(database().connectionString, {}, open)).rejects.toMatchObject({
      code: 'bind.not-loopback',
    });
  });

  it('is refused on a port that is taken, and nothing is left running', async () => {
    await withServers(1, async ([server]) => {
      const http = { host: '127.0.0.1', port: Number(new URL(server?.url ?? '').port), loopbackOnly: true };
      await expect(startTestServer(database().connectionString, {}, { http })).rejects.toMatchObject({
        code: 'port.taken',
      });
    });
  });
});

describe('the business date', () => {
  it('is that of the time zone, and held orders are looked at again when it moves', async () => {
    const own = await createTestDatabase();
    const start = Date.UTC(2026, 2, 2, 23, 59);
    let now = start;
    const server = await startTestServer(own.connectionString, { clock: () => now, businessDayEveryMs: 20 });
    try {
      await server.put('/v1/accounts/D-1', { name: 'x', currency: 'EUR' });
      await server.put('/v1/accounts/D-1/limit', { amount: euros('100.00'), validFrom: '2026-03-03' });
      const held = await server.post('/v1/accounts/D-1/orders', { orderId: 'SO-1', amount: euros('50.00') });
      expect(held.json).toMatchObject({ orderStatus: 'held', decision: { businessDate: '2026-03-02' } });
      await server.get('/v1/holds', { 'duestream-min-position': String(held.json['position']) });
      now = start + 120_000;
      const releasedBy = async (): Promise<unknown> => {
        const { json } = await server.get('/v1/accounts/D-1/history?from=4');
        return (
          (json['items'] as { type: string; actor: object }[])[0] ?? (await new Promise(setImmediate), releasedBy())
        );
      };
      expect(await releasedBy()).toMatchObject({
        type: 'duestream.credit.released.v1',
        actor: { via: 'business-day' },
      });
    } finally {
      await server.close();
      await own.drop();
    }
  });
});
