import type { PublicEvent } from '@duestream/contracts';
import { Generation } from '../database/generation';
import { AccountStory } from '../testing/account-story';
import { openModels, type ModelsUnderTest } from '../testing/open-models';
import { applyBatch } from './apply-batch';

describe('a batch', () => {
  let under: ModelsUnderTest;
  let generation: Generation;
  let next: string | null = null;

  beforeAll(async () => {
    under = await openModels();
    await under.models.stop();
    const settings = { connectionString: under.database.connectionString, maxConnections: 1, pipelined: true };
    generation = await Generation.open(settings, 1);
  });
  afterAll(async () => {
    await generation.close();
    await under.close();
  });

  const apply = async (events: readonly PublicEvent[]): Promise<'applied' | 'fenced'> => {
    const [expected, after] = [next, String(Number(next ?? 0) + 1).padStart(12, '0')];
    const answer = await applyBatch(generation, { partition: 'all', expected, next: after, position: after, events });
    next = after;
    return answer;
  };
  const order = async (accountId: string) =>
    (await under.models.queries.order({ accountId, company: '', number: 'O1' })).value;

  it('takes what is new of it when it begins with what was taken before', async () => {
    const { events } = new AccountStory('OVERLAP')
      .opened('2026-01-01')
      .order('2026-01-02', 'O1', '100.00')
      .shipped('2026-01-03', 'S1', 'O1', '60.00')
      .shipped('2026-01-04', 'S2', 'O1', '40.00');
    expect(await apply(events.slice(0, 3))).toBe('applied');
    // The order's own event is here again and must not stand for the order as it is in the database.
    expect(await apply(events)).toBe('applied');
    expect(await order('OVERLAP')).toMatchObject({ shipped: '100.00', open: '0.00' });
  });

  it('gives the same row for row as its events one by one', async () => {
    const story = (accountId: string) =>
      new AccountStory(accountId)
        .opened('2026-01-01')
        .order('2026-01-02', 'O1', '100.00', 'held')
        .decide('2026-01-03', 'O1', '100.00', 'released', 'recheck')
        .shipped('2026-01-04', 'S1', 'O1', '100.00')
        .invoice('2026-01-05', 'I1', '100.00', '2026-02-04')
        .payment('2026-01-06', 'P1', '70.00')
        .applied('2026-01-06', 'A1', 'P1', 'I1', '70.00')
        .reversed('2026-01-07', 'P1', 'A1', 'I1', '70.00')
        .changed('2026-01-08', { segment: 'retail' }).events;
    await apply(story('AT-ONCE'));
    for (const event of story('ONE-BY-ONE')) await apply([event]);
    const rows = async (table: string, accountId: string) => {
      const hidden = ['account_id', 'name', 'seq', 'superseded_seq', 'ended_seq', 'reversed_seq'];
      const found: Record<string, unknown>[] = await generation.dataSource.query(
        `SELECT * FROM ${table} WHERE account_id = $1`,
        [accountId],
      );
      const shown = found.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([key]) => !hidden.includes(key))),
      );
      return shown.map((row) => JSON.stringify(row)).sort();
    };
    for (const table of ['accounts', 'profiles', 'balances', 'moves', 'items', 'orders', 'decisions', 'holds']) {
      const atOnce = await rows(table, 'AT-ONCE');
      expect(atOnce.length).toBeGreaterThan(0);
      expect(await rows(table, 'ONE-BY-ONE')).toEqual(atOnce);
    }
  });

  it('leaves nothing when one of its statements fails, and its connection can be used again', async () => {
    const before = next;
    const bad = new AccountStory('BAD').opened('2026-01-01').limit('2026-01-01', 'no number');
    await expect(apply([...bad.events])).rejects.toThrow('invalid input syntax for type numeric');
    next = before;
    expect(await apply(new AccountStory('GOOD').opened('2026-01-01').events)).toBe('applied');
    expect((await under.models.queries.accounts({ limit: 'all' })).value.items.map((one) => one.accountId)).toEqual([
      'AT-ONCE',
      'GOOD',
      'ONE-BY-ONE',
      'OVERLAP',
    ]);
  });

  it('is refused when it does not begin where the checkpoint is, and when an event is left out', async () => {
    const { events } = new AccountStory('REFUSED').opened('2026-01-01').limit('2026-01-01', '10.00');
    const elsewhere = { partition: 'all', expected: 'elsewhere', next: 'x', position: 'x', events };
    expect(await applyBatch(generation, elsewhere)).toBe('fenced');
    const [before, without] = [next, events.slice(1)];
    await expect(apply(without)).rejects.toMatchObject({
      code: 'feed.gap',
      gaps: [{ accountId: 'REFUSED', expected: 0, actual: 1 }],
    });
    next = before;
    expect(await apply(events)).toBe('applied');
  });
});
