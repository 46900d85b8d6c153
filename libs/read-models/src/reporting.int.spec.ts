import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { AccountStory } from './testing/account-story';
import { openModels, type ModelsUnderTest } from './testing/open-models';

describe('reporting views', () => {
  let under: ModelsUnderTest;
  let analyst: Client;

  beforeAll(async () => {
    under = await openModels();
    await under.tell(
      new AccountStory('A')
        .opened('2020-01-01', { segment: 'retail' })
        .limit('2020-01-01', '200.00')
        .order('2020-01-02', 'O1', '30.00')
        .invoice('2020-01-02', 'I1', '100.00', '2020-02-01')
        .payment('2020-03-01', 'P1', '25.00')
        .applied('2020-03-01', 'A1', 'P1', 'I1', '25.00')
        .disputed('2020-03-02', 'D1', 'I1', '40.00'),
    );
    // Only a superuser may take on any role; whoever logs in as an analyst has been granted it.
    analyst = new Client({ connectionString: under.database.superuserConnectionString });
    await analyst.connect();
    await analyst.query('SET ROLE duestream_reader');
  });
  afterAll(async () => {
    await analyst.end();
    await under.close();
  });

  const rowsOf = async (sql: string) => (await analyst.query<Record<string, unknown>>(sql)).rows;

  it('shows exposure, open items, aging and decisions of today', async () => {
    expect(
      await rowsOf(`SELECT account_id, orders, receivables, total, limit_amount, utilisation FROM reporting.exposure`),
    ).toEqual([
      {
        account_id: 'A',
        orders: '30.00',
        receivables: '75.00',
        total: '105.00',
        limit_amount: '200.00',
        utilisation: '0.5250',
      },
    ]);
    expect(await rowsOf(`SELECT number, original, open, bucket FROM reporting.open_items`)).toEqual([
      { number: 'I1', original: '100.00', open: '75.00', bucket: '91+' },
    ]);
    expect(
      await rowsOf(`SELECT days_91_plus, total, overdue, disputed, open_items FROM reporting.aging_today`),
    ).toEqual([{ days_91_plus: '75.00', total: '75.00', overdue: '75.00', disputed: '40.00', open_items: '1' }]);
    expect(await rowsOf(`SELECT order_id, outcome, decision->>'outcome' AS decided FROM reporting.decisions`)).toEqual([
      { order_id: 'O1', outcome: 'approved', decided: 'approved' },
    ]);
    expect(await rowsOf(`SELECT tier FROM reporting.at_risk WHERE 'item.past-due' = ANY (signals)`)).toHaveLength(1);
  });

  it('ages at any date, as known at any instant', async () => {
    expect(await rowsOf(`SELECT days_1_30, total, disputed FROM reporting.aging('2020-02-10')`)).toEqual([
      { days_1_30: '100.00', total: '100.00', disputed: '0' },
    ]);
    const known = `SELECT total FROM reporting.aging('2020-06-30', '2020-02-29T00:00:00Z')`;
    expect(await rowsOf(known)).toEqual([{ total: '100.00' }]);
    expect(await rowsOf(`SELECT * FROM reporting.aging('2019-12-31')`)).toEqual([]);
  });

  it('lets the reader read these and nothing else', async () => {
    await expect(analyst.query('SELECT * FROM rm_1.moves')).rejects.toThrow('permission denied');
    await expect(analyst.query('SELECT * FROM read_models.generations')).rejects.toThrow('permission denied');
    await expect(analyst.query('DELETE FROM reporting.decisions')).rejects.toThrow('permission denied');
  });

  it('answers every example of the guide for analysts', async () => {
    const guide = readFileSync(path.join(__dirname, '../../../docs/guides/analysts.md'), 'utf8');
    const examples = [...guide.matchAll(/```sql\n(.*?)```/gs)].flatMap(([, sql = '']) => sql.split(/;\n/));
    const queries = examples.filter((sql) => sql.startsWith('SELECT'));
    expect(queries.length).toBeGreaterThan(5);
    for (const sql of queries) await rowsOf(sql);
  });

  it('is still readable after a rebuild', async () => {
    expect((await under.models.rebuild()).swapped).toBe(true);
    expect(await rowsOf(`SELECT total FROM reporting.exposure`)).toEqual([{ total: '105.00' }]);
    expect(await rowsOf(`SELECT total FROM reporting.aging('2020-02-10')`)).toEqual([{ total: '100.00' }]);
  });
});
