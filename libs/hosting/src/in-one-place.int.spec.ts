import { Pool } from 'pg';
import { createLogger } from '@duestream/platform';
import { useTestDatabase } from '@duestream/platform/testing';
import { runInOnePlace } from './in-one-place';

const database = useTestDatabase();
const logger = createLogger({ level: 'silent' });

/** Long enough for a lease that nobody gave back to run out. */
const LONGEST_MS = 30_000;

it('has work done by one of two processes, and by the other one when that one stops', async () => {
  const work = new Work('day');
  const [first, second] = [work.runner('first'), work.runner('second')];
  const [holder] = await work.until((done) => done.length === 1);
  await untilBothHaveAsked();
  expect(work.done).toHaveLength(1);

  await (holder === 'begun by first' ? first : second).stop();
  const taken = await work.until((done) => done.length === 3);

  const [one, other] = holder === 'begun by first' ? ['first', 'second'] : ['second', 'first'];
  expect(taken).toEqual([`begun by ${one}`, `ended by ${one}`, `begun by ${other}`]);
  await Promise.all([first.stop(), second.stop()]);
  expect(work.done).toEqual([...taken, `ended by ${other}`]);
});

it('gives the turn back when the work can not begin, and tries again', async () => {
  const work = new Work('hard');
  work.failures = 2;
  const runner = work.runner('one');
  await work.until((done) => done.length === 1);
  expect(work.errors).toEqual(['no luck', 'no luck']);
  await runner.stop();
  expect(work.done).toEqual(['begun by one', 'ended by one']);
});

it('waits for a database that is away, and stops while it waits', async () => {
  const work = new Work('away');
  const runner = work.runner('one', 'postgresql://nobody@127.0.0.1:1/nowhere');
  await work.untilTrue(() => work.errors.length > 0);
  await runner.stop();
  expect(work.done).toEqual([]);
});

/** What one or the other of some processes does. */
class Work {
  readonly done: string[] = [];
  readonly errors: string[] = [];
  failures = 0;

  constructor(private readonly name: string) {}

  runner(who: string, connectionString = database().connectionString): { stop(): Promise<void> } {
    const stop = runInOnePlace({
      connectionString,
      name: this.name,
      logger,
      begin: async (teardown) => {
        if (this.failures > 0) {
          this.failures -= 1;
          throw new Error('no luck');
        }
        teardown.add('work', () => void this.done.push(`ended by ${who}`));
        return Promise.resolve(void this.done.push(`begun by ${who}`));
      },
      onError: (error) => void this.errors.push(error instanceof Error ? error.message : String(error)),
    });
    return { stop };
  }

  async until(isEnough: (done: readonly string[]) => boolean): Promise<readonly string[]> {
    await this.untilTrue(() => isEnough(this.done));
    return [...this.done];
  }

  async untilTrue(holds: () => boolean): Promise<void> {
    const deadline = Date.now() + LONGEST_MS;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`it never came to that: ${JSON.stringify(this)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Each process has one connection at least, whose last statement was to ask for the lease or to keep it. */
async function untilBothHaveAsked(): Promise<void> {
  const pool = new Pool({ connectionString: database().connectionString, max: 1 });
  try {
    for (let asked = 0; asked < 2;) {
      const { rows } = await pool.query<{ asked: number }>(ASKED);
      asked = rows[0]?.asked ?? 0;
    }
  } finally {
    await pool.end();
  }
}

const ASKED = `
  SELECT count(*)::int AS asked FROM pg_stat_activity
  WHERE application_name = 'duestream lease' AND state = 'idle' AND query LIKE '%feed.relays%' AND query NOT LIKE '%CREATE%'`;
