import { Client } from 'pg';
import { applyBatch } from './projection/apply-batch';
import { Generation } from './database/generation';
import { RebuildRunning, type RebuildProgress } from './rebuild/rebuild';
import { AccountStory } from './testing/account-story';
import { openModels, type ModelsUnderTest } from './testing/open-models';

describe('rebuild', () => {
  let under: ModelsUnderTest;
  let client: Client;
  const stories = Array.from({ length: 20 }, (_, n) => storyOf(`C-${n}`));

  beforeAll(async () => {
    under = await openModels();
    client = new Client({ connectionString: under.database.connectionString });
    await client.connect();
    await under.tell(...stories);
  });
  afterAll(async () => {
    await client.end();
    await under.close();
  });

  const schemas = async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^rm_' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };

  it('proves the new generation equal to the live one, swaps, and drops the old', async () => {
    const before = await under.models.queries.aging({ by: 'account', limit: 'all' });
    const [old] = await schemas();
    const progress: RebuildProgress[] = [];
    const outcome = await under.models.rebuild({ pageSize: 50, onProgress: (step) => progress.push(step) });
    expect(outcome).toMatchObject({ swapped: true, events: under.memory.events.length, differences: [] });
    expect(outcome.models.every(({ equal }) => equal)).toBe(true);
    expect(outcome.models.find(({ model }) => model === 'moves')?.rows).toBeGreaterThan(20);
    expect(progress.filter(({ phase }) => phase === 'fill').length).toBeGreaterThan(2);
    expect(await under.models.queries.aging({ by: 'account', limit: 'all' })).toEqual(before);
    const left = await schemas();
    expect(left).toHaveLength(1);
    expect(left[0]).not.toBe(old);
  });

  it('leaves a generation whose tables the planner knows', async () => {
    const [live] = await schemas();
    const { rows } = await client.query<{ unknown: string }>(
      `SELECT relname AS unknown FROM pg_class
        WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname <> 'migrations' AND reltuples < 0`,
      [live],
    );
    expect(rows).toEqual([]);
  });

  it('goes on projecting into the new generation', async () => {
    await under.tell(storyOf('AFTER-SWAP'));
    expect((await under.models.queries.account('AFTER-SWAP')).value.name).toBe('AFTER-SWAP');
  });

  it('finds a planted difference, names the account, and leaves the live generation', async () => {
    const [live] = await schemas();
    await client.query(`UPDATE ${live}.moves SET amount = amount + 0.01 WHERE account_id = 'C-7' AND revision = 1`);
    const outcome = await under.models.rebuild();
    expect(outcome.swapped).toBe(false);
    expect(outcome.differences).toEqual([{ model: 'moves', accountIds: ['C-7'] }]);
    expect(outcome.models.filter(({ equal }) => !equal).map(({ model }) => model)).toEqual(['moves']);
    expect(await schemas()).toEqual([live]);
  });

  it.each([
    ['a value with other decimals', `UPDATE moves SET amount = 100.0 WHERE amount = 100.00 AND account_id = 'C-7'`],
    [
      'values that changed places between two rows',
      `UPDATE accounts SET name = CASE account_id WHEN 'C-7' THEN 'C-8' ELSE 'C-7' END WHERE account_id IN ('C-7', 'C-8')`,
    ],
    ['a step of an open item', `UPDATE items SET step_open[1] = 99.99 WHERE account_id = 'C-7' AND number = 'I1'`],
    ['a row that is missing', `DELETE FROM decisions WHERE account_id = 'C-7'`],
  ])('finds %s', async (_what, damage) => {
    expect((await under.models.rebuild({ acceptDifference: true })).swapped).toBe(true);
    const [live] = await schemas();
    await client.query(`SET search_path = ${live}`);
    const { rowCount } = await client.query(damage);
    expect(rowCount).toBeGreaterThan(0);
    const { swapped, differences } = await under.models.rebuild();
    expect(swapped).toBe(false);
    expect(differences[0]?.accountIds).toContain('C-7');
  });

  it('replaces a wrong generation when told to', async () => {
    expect((await under.models.rebuild({ acceptDifference: true })).swapped).toBe(true);
    expect((await under.models.rebuild()).swapped).toBe(true);
  });

  it('starts again cleanly after it was interrupted', async () => {
    const interrupted = new AbortController();
    const pages = under.models.rebuild({
      pageSize: 10,
      // Rows are in the tables before the checkpoint is.
      keptRows: 2,
      signal: interrupted.signal,
      onProgress: () => interrupted.abort(new Error('interrupted by the test')),
    });
    await expect(pages).rejects.toThrow('interrupted by the test');
    // What a killed process leaves: a schema with rows that nobody will finish.
    await client.query(`CREATE SCHEMA rm_900; CREATE TABLE rm_900.moves (n integer)`);
    await client.query(
      `INSERT INTO read_models.generations (number, state, model_version) VALUES (900, 'building', 'x')`,
    );
    expect((await under.models.rebuild()).swapped).toBe(true);
    expect(await schemas()).toHaveLength(1);
    const { rows } = await client.query(`SELECT state FROM read_models.generations`);
    expect(rows).toEqual([{ state: 'live' }]);
  });

  it('lets queries go on, and writes come in, while it runs', async () => {
    let asking = true;
    const asked = (async () => {
      let answers = 0;
      while (asking) {
        const { value } = await under.models.queries.aging({ by: 'account', limit: 'all' });
        expect(value.items.length).toBeGreaterThanOrEqual(20);
        answers += 1;
      }
      return answers;
    })();
    const written = (async () => {
      for (let n = 0; n < 15; n += 1) await under.tell(storyOf(`DURING-${n}`));
    })();
    const outcomes = [await under.models.rebuild({ pageSize: 20 }), await under.models.rebuild({ pageSize: 20 })];
    await written;
    asking = false;
    expect(await asked).toBeGreaterThan(0);
    expect(outcomes.map(({ swapped }) => swapped)).toEqual([true, true]);
    const found = await under.models.queries.accounts({ text: 'during-', limit: 'all' });
    expect(found.value.items).toHaveLength(15);
    expect(under.errors).toEqual([]);
  });

  it.each([0, 1, 7, 50])('gives the same rows when it keeps %d of a table in memory', async (keptRows) => {
    const outcome = await under.models.rebuild({ pageSize: 17, keptRows });
    expect(outcome).toMatchObject({ swapped: true, differences: [] });
  });

  it('runs once at a time', async () => {
    let second: Promise<unknown> = Promise.resolve();
    const first = under.models.rebuild({
      onProgress: ({ phase }) => {
        if (phase === 'compare') second = expect(under.models.rebuild()).rejects.toThrow(RebuildRunning);
      },
    });
    await first;
    await second;
  });

  it('points the reporting views at the live generation', async () => {
    const { rows } = await client.query(`SELECT count(*)::integer AS n FROM reporting.exposure`);
    const { value } = await under.models.queries.accounts({ limit: 'all' });
    expect(rows).toEqual([{ n: value.items.length }]);
  });

  it('changes nothing when events are delivered again, singly or as a batch from an older checkpoint', async () => {
    const [live] = await schemas();
    const number = Number(live?.slice(3));
    const settings = { connectionString: under.database.connectionString, maxConnections: 1, pipelined: true };
    await under.models.stop();
    const generation = await Generation.open(settings, number);
    const { rows: before } = await client.query(
      `SELECT next FROM read_models.checkpoints WHERE generation = ${number}`,
    );
    const { next } = before[0] as { next: string };
    const again = { partition: 'all', next, position: next, events: under.memory.events.slice(5, 60) };
    expect(await applyBatch(generation, { ...again, expected: 'somewhere else' })).toBe('fenced');
    expect(await applyBatch(generation, { ...again, expected: next })).toBe('applied');
    await generation.close();
    under.models.start();
    expect((await under.models.rebuild()).swapped).toBe(true);
  });
});

function storyOf(accountId: string): AccountStory {
  return new AccountStory(accountId)
    .opened('2026-01-01', { segment: 'retail' })
    .invoice('2026-01-02', 'I1', '100.00', '2026-02-01')
    .waits('2026-01-03', 'waits', 'invoice', 'I9')
    .order('2026-01-03', 'O1', '50.00', 'held')
    .payment('2026-01-10', 'P1', '30.00')
    .applied('2026-01-10', 'A1', 'P1', 'I1', '30.00')
    .decide('2026-01-11', 'O1', '50.00', 'released', 'recheck')
    .changed('2026-01-12', { segment: 'wholesale' })
    .invoice('2026-01-13', 'I9', '10.00', '2026-02-01')
    .disputed('2026-01-14', 'D1', 'I1', '20.00');
}
