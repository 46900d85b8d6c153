import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { Leases, LeaseLost, type Lease } from './lease';

describe('a lease whose epoch was given out twice, as after a crash of the server', () => {
  let database: TestDatabase;
  let leases: Leases;
  let lease: Lease;
  beforeEach(async () => {
    database = await createTestDatabase();
    const { connectionString } = database;
    const onError = (): void => undefined;
    leases = await Leases.open({ connectionString, name: 'events', holder: 'first', ttlMs: 3_000, onError });
    const acquired = await leases.tryAcquire();
    if (acquired === null) throw new Error('nobody else asks for it');
    lease = acquired;
    await query(`UPDATE feed.relays SET holder = 'second'`);
  });
  afterEach(async () => {
    await leases.close();
    await database.drop();
  });

  it('is not renewed by the one who has it no more', async () => {
    const before = await query(`SELECT expires_at FROM feed.relays`);
    await new Promise<void>((resolve) => lease.lost.addEventListener('abort', () => resolve(), { once: true }));
    expect(await query(`SELECT expires_at FROM feed.relays`)).toEqual(before);
    expect(lease.isHeld()).toBe(false);
  });

  it('takes no progress from him, and is not given back by him', async () => {
    const before = await query(`SELECT * FROM feed.relays`);
    await expect(lease.save({ position: '1-7-1', ends: {} })).rejects.toBeInstanceOf(LeaseLost);
    await lease.release();
    expect(await query(`SELECT * FROM feed.relays`)).toEqual(before);
  });

  async function query(text: string): Promise<readonly unknown[]> {
    const client = new Client({ connectionString: database.connectionString });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }
});
