import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { Client } from 'pg';
import { Generation } from '../database/generation';
import { applyBatch } from '../projection/apply-batch';
import { ReadModels } from '../read-models';
import { AccountStory } from '../testing/account-story';
import { MemoryFeed } from '../testing/memory-feed';
import { partitioned, PARTITIONS } from '../testing/partitioned-feed';

const SETTINGS = { maxConnections: 4 };

describe('a rebuild beside a live generation whose partitions are not equally far', () => {
  let database: TestDatabase;
  let memory: MemoryFeed;
  let pagesAfter: (string | null)[];
  let models: ReadModels;
  let live: Generation;
  let client: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    const { connectionString } = database;
    memory = new MemoryFeed();
    pagesAfter = [];
    const feed = partitioned(memory.feed, { onRead: (after) => pagesAfter.push(after) });
    const businessDate = () => '2026-06-30';
    models = await ReadModels.open({ connectionString, feed, businessDate, timeZone: 'UTC', ...SETTINGS });
    live = await Generation.open({ connectionString, pipelined: true, ...SETTINGS }, 1);
    client = new Client({ connectionString });
    await client.connect();
    const stories = Array.from({ length: 10 }, (_, n) => storyOf(`${n % 2 === 0 ? 'left' : 'right'}-${n}`));
    for (let n = 0; n < 6; n += 1) memory.append(...stories.flatMap(({ events }) => events[n] ?? []));
  });
  afterEach(async () => {
    await client.end();
    await live.close();
    await models.close();
    await database.drop();
  });

  /** The live generation takes what a partition has up to the n-th event of all. */
  const bring = async (partition: string, count: number): Promise<void> => {
    const all = memory.events.slice(0, count);
    const position = all.at(-1)?.position ?? '';
    const events = all.filter(({ subject }) => subject.startsWith(partition));
    expect(await applyBatch(live, { partition, expected: null, next: position, position, events })).toBe('applied');
  };
  const checkpoints = async () => {
    const { rows } = await client.query<{ partition: string; next: string; position: string }>(
      `SELECT partition, next, position FROM read_models.checkpoints ORDER BY partition`,
    );
    return rows.map(({ partition, next, position }) => [partition, next, position]);
  };

  it.each([
    ['one is far ahead', { left: 60, right: 13, idle: 13 }],
    ['one has nothing yet', { left: 31 }],
    ['both are within one page', { left: 33, right: 38, idle: 38 }],
    ['all are at the end', { left: 60, right: 60, idle: 60 }],
  ])('compares exactly what each has when %s, and then takes all there is', async (_what, reached) => {
    for (const [partition, count] of Object.entries(reached)) await bring(partition, count);
    const outcome = await models.rebuild({ pageSize: 7, keptRows: 3 });
    expect(outcome).toMatchObject({ swapped: true, differences: [], events: 60 });
    const end = memory.events.at(-1)?.position;
    expect(await checkpoints()).toEqual([...PARTITIONS].sort().map((partition) => [partition, end, end]));
    expect((await models.rebuild()).swapped).toBe(true);
  });

  it('finds what a partition lacks below its position', async () => {
    await bring('left', 60);
    await bring('right', 20);
    await bring('idle', 60);
    await client.query(`UPDATE read_models.checkpoints SET position = $1 WHERE partition = 'right'`, [
      memory.events[29]?.position,
    ]);
    const { swapped, differences } = await models.rebuild({ pageSize: 7 });
    expect(swapped).toBe(false);
    expect(differences[0]?.accountIds).toEqual(['right-1', 'right-3', 'right-5', 'right-7', 'right-9']);
  });

  it('reads nothing twice for partitions that are behind but lack no event', async () => {
    await bring('left', 60);
    await bring('right', 60);
    await models.rebuild({ pageSize: 10 });
    expect(pagesAfter.filter((after) => after === null)).toHaveLength(1);
  });

  it('ends when the live generation knows positions but has no event', async () => {
    await bring('idle', 60);
    const outcome = await models.rebuild({ pageSize: 10 });
    expect(outcome).toMatchObject({ swapped: true, events: 60 });
  });
});

function storyOf(accountId: string): AccountStory {
  return new AccountStory(accountId)
    .opened('2026-01-01', { segment: 'retail' })
    .invoice('2026-01-02', 'I1', '100.00', '2026-02-01')
    .payment('2026-01-10', 'P1', '30.00')
    .applied('2026-01-10', 'A1', 'P1', 'I1', '30.00')
    .invoice('2026-01-13', 'I9', '10.00', '2026-02-01')
    .disputed('2026-01-14', 'D1', 'I1', '20.00');
}
