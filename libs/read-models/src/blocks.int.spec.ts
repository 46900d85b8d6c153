import { controlDataSource, generationDataSource } from './database/data-source';
import { ReadModels } from './read-models';
import { AccountStory } from './testing/account-story';
import { BUSINESS_DATE, openModels, type ModelsUnderTest } from './testing/open-models';

describe('whether an account is blocked', () => {
  let under: ModelsUnderTest;
  let today: string;
  beforeEach(async () => {
    today = BUSINESS_DATE;
    under = await openModels({ businessDate: () => today });
  });
  afterEach(() => under.close());

  const blocked = async (on = BUSINESS_DATE): Promise<readonly string[]> => {
    today = on;
    const { value } = await under.models.queries.accounts({ blocked: true });
    const { value: all } = await under.models.queries.accounts();
    const ids = value.items.map(({ accountId }) => accountId);
    for (const item of all.items) {
      const alone = await under.models.queries.account(item.accountId);
      expect([item.accountId, item.blocked]).toEqual([item.accountId, ids.includes(item.accountId)]);
      expect(alone.value.blocked).toBe(item.blocked);
    }
    return ids;
  };

  it('is not said before the day of the block', async () => {
    await under.tell(new AccountStory('A').opened('2026-01-01').blocked('2026-06-01', '2026-07-10'));
    expect(await blocked('2026-07-09')).toEqual([]);
    expect(await blocked('2026-07-10')).toEqual(['A']);
  });

  it('follows the latest entry by its day, not the last recorded', async () => {
    await under.tell(
      new AccountStory('A').opened('2026-01-01').blocked('2026-03-10').unblocked('2026-03-12', '2026-03-05'),
      new AccountStory('B').opened('2026-01-01').blocked('2026-03-10').unblocked('2026-03-12'),
    );
    expect(await blocked('2026-03-09')).toEqual([]);
    expect(await blocked('2026-03-11')).toEqual(['A', 'B']);
    expect(await blocked()).toEqual(['A']);
  });

  it('follows the last recorded of one day', async () => {
    await under.tell(
      new AccountStory('A').opened('2026-01-01').blocked('2026-03-10').unblocked('2026-03-10'),
      new AccountStory('B').opened('2026-01-01').unblocked('2026-03-10').blocked('2026-03-10'),
    );
    expect(await blocked()).toEqual(['B']);
  });

  it('stays on the next pages as it was on the first, whatever is recorded or begins meanwhile', async () => {
    const stories = ['A', 'B', 'C'].map((id) => new AccountStory(id).opened('2026-01-01').blocked('2026-02-01'));
    const [, b, c] = stories;
    if (b === undefined || c === undefined) throw new Error('three stories were told');
    c.unblocked('2026-02-02', '2026-07-01');
    await under.tell(...stories);
    const first = await under.models.queries.accounts({ blocked: true, limit: 1 });
    await under.tell(b.unblocked('2026-06-29'));
    today = '2026-07-02';
    const rest = await under.models.queries.accounts({ blocked: true, cursor: first.value.nextCursor ?? '' });
    expect(rest.value.items.map((item) => [item.accountId, item.blocked])).toEqual([
      ['B', true],
      ['C', true],
    ]);
    expect(await blocked('2026-07-02')).toEqual(['A']);
  });

  it('is the same after a rebuild', async () => {
    await under.tell(
      new AccountStory('A').opened('2026-01-01').blocked('2026-03-10').changed('2026-03-11', { name: 'Alpha' }),
      new AccountStory('B').opened('2026-01-01').blocked('2026-03-10').unblocked('2026-03-12'),
    );
    expect(await under.models.rebuild()).toMatchObject({ swapped: true, differences: [] });
    expect(await blocked()).toEqual(['A']);
  });
});

describe('read models of the version before blocks had days', () => {
  let under: ModelsUnderTest;
  beforeEach(async () => {
    under = await openModels();
  });
  afterEach(() => under.close());

  it('say what they said, ask for a rebuild, and have the days after it', async () => {
    const late = new AccountStory('LATE')
      .opened('2026-01-01')
      .blocked('2026-03-10')
      .unblocked('2026-03-12', '2026-03-05');
    const still = new AccountStory('STILL')
      .opened('2026-01-01')
      .blocked('2026-03-10')
      .changed('2026-03-11', { name: 'S' });
    await under.tell(late, still);
    await under.models.close();
    await setBack(under.database.connectionString);
    const models = await ReadModels.open({
      connectionString: under.database.connectionString,
      feed: under.memory.feed,
      businessDate: () => BUSINESS_DATE,
      timeZone: 'UTC',
    });
    const blocked = async (): Promise<readonly string[]> => {
      const { value } = await models.queries.accounts({ blocked: true });
      return value.items.map(({ accountId }) => accountId);
    };
    try {
      expect(await models.needsRebuild()).toBe(true);
      expect(await blocked()).toEqual(['STILL']);
      expect((await models.rebuild()).swapped).toBe(true);
      expect(await models.needsRebuild()).toBe(false);
      expect(await blocked()).toEqual(['LATE', 'STILL']);
    } finally {
      await models.close();
    }
  });
});

/** Makes of the two stories' rows what the version before had written. */
async function setBack(connectionString: string): Promise<void> {
  const { number } = await onControl(connectionString);
  const dataSource = generationDataSource({ connectionString, maxConnections: 1 }, number);
  await dataSource.initialize();
  await dataSource.undoLastMigration();
  const columns = 'account_id, name, currency, attributes, seq';
  const kept = (values: string) => `
    INSERT INTO profiles (${columns}, revision, recorded_at, blocked, blocked_on, superseded_at, superseded_seq)
    SELECT ${columns}, ${values} FROM profiles WHERE revision = 0`;
  for (const statement of [
    kept(`1, '2026-03-10T12:00:00Z', true, '2026-03-10', now(), 1`),
    `${kept(`2, '2026-03-12T12:00:00Z', false, NULL, NULL, NULL`)} AND account_id = 'LATE'`,
    `UPDATE profiles SET superseded_at = now(), superseded_seq = 1 WHERE revision = 0`,
    `UPDATE profiles SET blocked = true, blocked_on = '2026-03-10' WHERE account_id = 'STILL' AND revision = 2`,
  ]) {
    await dataSource.query(statement);
  }
  await dataSource.destroy();
}

async function onControl(connectionString: string): Promise<{ readonly number: number }> {
  const control = controlDataSource({ connectionString, maxConnections: 1 });
  await control.initialize();
  try {
    const [[live]]: [{ number: number }[], number] = await control.query(
      `UPDATE generations SET model_version = 'models@1' WHERE state = 'live' RETURNING number`,
    );
    if (live === undefined) throw new Error('there is a live generation');
    return live;
  } finally {
    await control.destroy();
  }
}
