import { Client } from 'pg';
import { Generation } from '../database/generation';
import { AccountStory } from '../testing/account-story';
import { openModels, type ModelsUnderTest } from '../testing/open-models';
import type { RebuildProgress } from './rebuild';

/** The advisory lock of rebuilds, as `pg_locks` shows it. */
const REBUILD_LOCK = 4_206_002;

const prototype: { readonly [Name in 'close' | 'analyze']: () => Promise<void> } = Generation.prototype;

describe('a rebuild whose lock is lost with its connection', () => {
  let under: ModelsUnderTest;
  let superuser: Client;
  let lost: Error[];

  beforeEach(async () => {
    lost = [];
    under = await openModels({ onLockLost: (error) => lost.push(error) });
    superuser = new Client({ connectionString: under.database.superuserConnectionString });
    await superuser.connect();
    await under.tell(new AccountStory('C-1').opened('2026-01-01').invoice('2026-01-02', 'I1', '100.00', '2026-02-01'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await superuser.end();
    await under.close();
  });

  const holders = async (): Promise<number[]> => {
    const { rows } = await superuser.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [REBUILD_LOCK],
    );
    return rows.map(({ pid }) => pid);
  };
  const loseTheLock = async (): Promise<void> => {
    const pids = await holders();
    expect(pids).toHaveLength(1);
    await superuser.query(`SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid`, [pids]);
    while ((await holders()).length > 0);
  };
  const generations = async () => {
    const { rows } = await superuser.query<{ number: number; state: string }>(
      `SELECT number, state FROM read_models.generations ORDER BY number`,
    );
    return rows;
  };

  it('has succeeded when the swap is done, and says that the lock was lost', async () => {
    const { close } = prototype;
    let swapped = false;
    // The connections of both generations are closed after the swap, and before the lock is given back.
    jest.spyOn(Generation.prototype, 'close').mockImplementation(async function (this: Generation) {
      await close.call(this);
      if (!swapped || this.number !== 2) return;
      swapped = false;
      await loseTheLock();
    });
    const onProgress = ({ phase }: RebuildProgress): void => void (swapped ||= phase === 'drop');
    expect(await under.models.rebuild({ onProgress })).toMatchObject({ swapped: true });
    expect(lost.map(({ message }) => message)).toEqual(['the connection that held the lock "rebuild" was lost']);
    expect(await generations()).toEqual([{ number: 2, state: 'live' }]);
    expect(await under.models.rebuild()).toMatchObject({ swapped: true });
    expect(lost).toHaveLength(1);
  });

  it('fails before the swap, says why, and leaves the live generation as it was', async () => {
    const { analyze } = prototype;
    jest.spyOn(Generation.prototype, 'analyze').mockImplementationOnce(async function (this: Generation) {
      await analyze.call(this);
      await loseTheLock();
    });
    await expect(under.models.rebuild()).rejects.toMatchObject({ code: 'read-models.lock-lost' });
    expect(await generations()).toEqual([{ number: 1, state: 'live' }]);
    expect(await under.models.rebuild()).toMatchObject({ swapped: true });
  });
});
