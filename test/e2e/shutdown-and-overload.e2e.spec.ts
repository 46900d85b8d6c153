import { useTestDatabase } from '@duestream/platform/testing';
import { euros, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer } from './support/server';

const database = useTestDatabase();

describe('closing under load', () => {
  it('answers what it took, and everything that was answered is there after the restart', async () => {
    const server = await startTestServer(database().connectionString);
    await server.post('/v1/messages', [openAccount('S-1'), setLimit('S-1', '1000.00')]);
    const sent = Array.from({ length: 60 }, async (_, n) => {
      const orderId = `SO-${n}`;
      try {
        const { status } = await server.post('/v1/accounts/S-1/orders', {
          orderId,
          amount: euros('1.00'),
          orderDate: '2026-03-02',
        });
        return { orderId, status };
      } catch {
        return { orderId, status: 0 };
      }
    });
    await Promise.race(sent);
    await server.close();
    const answered = await Promise.all(sent);
    // Nothing in between: answered, turned away while closing, or never connected.
    for (const { status } of answered) expect([201, 503, 0]).toContain(status);
    const after = await startTestServer(database().connectionString);
    try {
      const { json } = await after.get('/v1/accounts/S-1/state');
      const recorded = new Set((json['orders'] as { number: string }[]).map(({ number }) => number));
      const acknowledged = answered.filter(({ status }) => status === 201).map(({ orderId }) => orderId);
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(acknowledged.filter((orderId) => !recorded.has(orderId))).toEqual([]);
    } finally {
      await after.close();
    }
  });
});

describe('a full queue', () => {
  it('turns a request away whole with 503 and Retry-After, and takes it later', async () => {
    const server = await startTestServer(database().connectionString, { limits: { maxWaitingPerAccount: 5 } });
    try {
      await server.post('/v1/messages', [openAccount('O-1')]);
      const orders = Array.from({ length: 6 }, (_, n) => placeOrder('O-1', `SO-${n}`, '1.00'));
      const refused = await server.post('/v1/messages', orders);
      expect(refused).toMatchObject({ status: 503, json: { code: 'processor.overloaded' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await server.get('/v1/accounts/O-1/history')).json['items']).toHaveLength(1);
      expect((await server.post('/v1/messages', orders.slice(0, 5))).status).toBe(200);
      expect((await server.get('/metrics')).text).toMatch(/^duestream_overloads_total 1$/m);
    } finally {
      await server.close();
    }
  });
});
