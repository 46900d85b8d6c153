import { Generation } from '../database/generation';
import { withSession, type Session } from '../database/session';
import { LimitEntity, type LimitRow } from '../entities';
import { openModels, type ModelsUnderTest } from '../testing/open-models';
import { WriteLane } from './write-lane';

describe('a write lane', () => {
  let under: ModelsUnderTest;
  let generation: Generation;
  beforeAll(async () => {
    under = await openModels();
    generation = await Generation.open({ connectionString: under.database.connectionString, maxConnections: 1 }, 1);
  });
  afterAll(async () => {
    await generation.close();
    await under.close();
  });

  const inLane = async (work: (lane: WriteLane, session: Session) => Promise<void>): Promise<void> =>
    withSession(generation.dataSource, async (session) => {
      const lane = await WriteLane.on(session);
      try {
        await work(lane, session);
      } finally {
        await lane.close();
      }
    });
  const amounts = async (accountId: string): Promise<unknown[]> => {
    const rows: { amount: string }[] = await generation.dataSource.query(
      `SELECT amount FROM limits WHERE account_id = $1 ORDER BY revision`,
      [accountId],
    );
    return rows.map(({ amount }) => amount);
  };

  it.each(['tab\tline\nreturn\rback\\slash', '\\N', '\\.', 'Grüße, 日本 👋', ''])(
    'copies %j as it is',
    async (text) => {
      await inLane(async (lane) => {
        lane.copy(LimitEntity, [{ ...row('TEXT', 1), currency: text }]);
        await lane.drained();
      });
      const rows: unknown[] = await generation.dataSource.query(
        `DELETE FROM limits WHERE account_id = 'TEXT' RETURNING currency`,
      );
      expect(rows[0]).toEqual([{ currency: text }]);
    },
  );

  it('writes in the order in which it is told, whatever waits to be gathered', async () => {
    await inLane(async (lane) => {
      lane.copy(LimitEntity, [row('ORDER', 1, '1.00')]);
      lane.add(LimitEntity, { text: `UPDATE limits SET amount = amount + 1.00 WHERE account_id = 'ORDER'` });
      lane.copy(LimitEntity, [row('ORDER', 2, '5.00')]);
      lane.change(LimitEntity, [row('ORDER', 1, '9.00')]);
      await lane.drained();
    });
    expect(await amounts('ORDER')).toEqual(['9.00', '5.00']);
  });

  it('writes rows that should be new over those that are there', async () => {
    await inLane(async (lane) => {
      lane.make(LimitEntity, [row('MADE', 1, '1.00')]);
      lane.make(LimitEntity, [row('MADE', 2, '2.00'), row('MADE', 1, '3.00')]);
      await lane.drained();
    });
    expect(await amounts('MADE')).toEqual(['3.00', '2.00']);
  });

  it('tells whoever waits next what went wrong, and writes nothing after that', async () => {
    await inLane(async (lane) => {
      lane.make(LimitEntity, [row('WRONG', 1, 'no number')]);
      lane.make(LimitEntity, [row('WRONG', 2)]);
      await expect(lane.drained()).rejects.toThrow('invalid input syntax');
    });
    expect(await amounts('WRONG')).toEqual([]);
  });

  it('waits for no disk, and leaves a connection that is set as before', async () => {
    const setting = async ({ client }: Session) => {
      const { rows } = await client.query<{ setting: string; source: string }>(
        `SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'`,
      );
      return rows[0];
    };
    await withSession(generation.dataSource, async (session) => {
      const before = await setting(session);
      const lane = await WriteLane.on(session);
      expect(await setting(session)).toEqual({ setting: 'off', source: 'session' });
      await lane.close();
      expect(await setting(session)).toEqual(before);
    });
  });
});

function row(accountId: string, revision: number, amount = '1.00'): LimitRow {
  const recorded = { recordedAt: '2026-01-01T00:00:00.000Z', seq: 1 };
  return { accountId, revision, amount, currency: 'EUR', validFrom: '2026-01-01', validTo: null, ...recorded };
}
