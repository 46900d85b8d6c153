import { Client } from 'pg';
import { Generations } from '../database/generations';
import { AccountStory } from '../testing/account-story';
import { openModels, type ModelsUnderTest } from '../testing/open-models';
import { rebuild } from './rebuild';
import { dropGeneration } from './swap';

describe('a rebuild that cannot clear away what it no longer needs', () => {
  let under: ModelsUnderTest;
  let client: Client;
  let notDropped: Error[];

  beforeEach(async () => {
    notDropped = [];
    under = await openModels({ onNotDropped: (error) => notDropped.push(error) });
    client = new Client({ connectionString: under.database.connectionString });
    await client.connect();
    await under.tell(new AccountStory('C-1').opened('2026-01-01').invoice('2026-01-02', 'I1', '100.00', '2026-02-01'));
  });
  afterEach(async () => {
    await client.end();
    await under.close();
  });

  const generations = async () => {
    const { rows } = await client.query<{ number: number; state: string; has: boolean }>(
      `SELECT number, state, to_regnamespace('rm_' || number) IS NOT NULL AS has
         FROM read_models.generations ORDER BY number`,
    );
    return rows;
  };
  const oneGeneration = [{ number: expect.any(Number) as number, state: 'live', has: true }];
  const accountsShown = async () =>
    (await under.models.queries.aging({ by: 'account', limit: 'all' })).value.items.length;
  const refuseToDelete = async (): Promise<void> => {
    await client.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$;
      CREATE TRIGGER refuse BEFORE DELETE ON read_models.generations FOR EACH ROW EXECUTE FUNCTION refuse()`);
  };
  const deleteAgain = async (): Promise<void> => {
    await client.query(`DROP FUNCTION refuse() CASCADE`);
  };

  it('has swapped when the old generation cannot be dropped: it says so, and the next one drops it', async () => {
    await refuseToDelete();
    expect(await under.models.rebuild()).toMatchObject({ swapped: true });
    expect(notDropped.map(({ message }) => message)).toEqual(['generation 1 could not be dropped: deadlock detected']);
    expect(await accountsShown()).toBe(1);
    expect((await generations()).map(({ state }) => state)).toEqual(['retired', 'live']);
    await deleteAgain();
    expect(await under.models.rebuild()).toMatchObject({ swapped: true });
    expect(await generations()).toEqual(oneGeneration);
    expect(await accountsShown()).toBe(1);
  });

  it('fails by its own failure when what it had begun cannot be dropped either', async () => {
    await refuseToDelete();
    const interrupted = new AbortController();
    const rebuilt = under.models.rebuild({
      signal: interrupted.signal,
      onProgress: () => interrupted.abort(new Error('interrupted by the test')),
      pageSize: 1,
    });
    await expect(rebuilt).rejects.toThrow('interrupted by the test');
    expect(notDropped).toHaveLength(1);
    await deleteAgain();
  });

  describe('with generations of its own', () => {
    let own: Generations;
    beforeEach(async () => {
      own = await Generations.open({ connectionString: under.database.connectionString, maxConnections: 4 }, ['all']);
    });
    afterEach(() => own.close());

    it('never drops the generation that is live', async () => {
      await dropGeneration(own, 1);
      expect(await generations()).toEqual(oneGeneration);
      expect(await accountsShown()).toBe(1);
    });

    it('drops what a process left that was killed before it entered its generation', async () => {
      await client.query(`CREATE SCHEMA rm_900`);
      await dropGeneration(own, 900);
      const { rows } = await client.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'rm_900'`);
      expect(rows).toEqual([]);
    });

    it('leaves the new generation live when the swap is committed and the answer is lost', async () => {
      const transaction = own.control.transaction.bind(own.control) as (work: unknown) => Promise<unknown>;
      const losing = jest.spyOn(own.control, 'transaction');
      const rebuilt = rebuild(
        { generations: own, feed: under.memory.feed, timeZone: 'UTC', onNotDropped: (error) => notDropped.push(error) },
        {
          onProgress: ({ phase }) => {
            if (phase !== 'swap') return;
            losing.mockImplementationOnce(async (work: unknown) => {
              await transaction(work);
              throw new Error('Connection terminated unexpectedly');
            });
          },
        },
      );
      await expect(rebuilt).rejects.toThrow('Connection terminated unexpectedly');
      losing.mockRestore();
      expect((await generations()).filter(({ state }) => state === 'live')).toEqual([
        { number: 2, state: 'live', has: true },
      ]);
      expect(await accountsShown()).toBe(1);
      expect(await under.models.rebuild()).toMatchObject({ swapped: true });
      expect(await generations()).toEqual(oneGeneration);
    });
  });
});
