import { AccountStory } from '../testing/account-story';
import { ReadModels } from '../read-models';
import { BUSINESS_DATE, openModels } from '../testing/open-models';

/** Longer than any test may take. */
const FOR_EVER_MS = 3_600_000;

describe('the projector', () => {
  it('takes what comes after a quiet time at once, and stops at once, whatever its pace', async () => {
    const under = await openModels({ paceMs: FOR_EVER_MS });
    await under.tell(new AccountStory('FIRST').opened('2026-01-01'));
    expect((await under.models.queries.account('FIRST')).value.name).toBe('FIRST');
    await under.close();
  });

  it('does not wait while its batches are full', async () => {
    const under = await openModels({ paceMs: FOR_EVER_MS, batchSize: 2 });
    await under.models.stop();
    const story = new AccountStory('FULL').opened('2026-01-01').limit('2026-01-01', '1.00').limit('2026-01-02', '2.00');
    const position = under.memory.append(...story.limit('2026-01-03', '3.00').events);
    under.models.start();
    await under.models.waitFor(position, 20_000);
    await under.close();
  });

  it('goes on from where it was when it is started again', async () => {
    const under = await openModels({ paceMs: FOR_EVER_MS });
    for (const name of ['BEFORE', 'AFTER']) {
      await under.tell(new AccountStory(name).opened('2026-01-01'));
      await under.models.stop();
      under.models.start();
    }
    const { value } = await under.models.queries.accounts({ limit: 'all' });
    expect(value.items.map(({ accountId }) => accountId)).toEqual(['AFTER', 'BEFORE']);
    await under.close();
  });

  it('takes from the store what the feed has left out, says so, and goes on', async () => {
    const under = await openModels({ batchSize: 4 });
    const short = new AccountStory('SHORT').opened('2026-01-01');
    const long = new AccountStory('LONG').opened('2026-01-01');
    await under.tell(short, long);
    short.limit('2026-01-02', '7.00');
    for (let n = 0; n < 9; n += 1) long.invoice('2026-01-02', `I-${n}`, '100.00', '2026-02-01');
    // Of the long one more is missing than fits into a batch, and the last event comes.
    for (const { id } of [...short.events.slice(1), ...long.events.slice(1, -1)]) under.memory.lost.add(id);
    await under.tell(short, long);
    await under.tell(short.limit('2026-01-03', '8.00'));
    expect((await under.models.queries.exposure('LONG')).value.total).toBe('900.00');
    expect((await under.models.queries.exposure('SHORT')).value.limit).toBe('8.00');
    expect(under.errors).toMatchObject([{ code: 'feed.gap' }, { code: 'feed.gap' }]);
    await under.tell(long.invoice('2026-01-03', 'I-LAST', '1.00', '2026-02-01'));
    expect((await under.models.rebuild()).differences).toEqual([]);
    await under.close();
  });

  it('fills several gaps of one account in one batch', async () => {
    const under = await openModels();
    const story = new AccountStory('HOLES').opened('2026-01-01');
    await under.tell(story);
    await under.models.stop();
    for (let n = 0; n < 7; n += 1) story.invoice('2026-01-02', `I-${n}`, '100.00', '2026-02-01');
    for (const place of [1, 2, 4, 6]) under.memory.lost.add(story.events[place]?.id ?? '');
    const position = under.memory.append(...story.events.slice(1));
    under.models.start();
    await under.models.waitFor(position, 20_000);
    expect((await under.models.queries.exposure('HOLES')).value.total).toBe('700.00');
    expect((await under.models.rebuild()).differences).toEqual([]);
    await under.close();
  });

  it('forgets what it knows when another has written in between', async () => {
    const under = await openModels();
    const other = await ReadModels.open({
      connectionString: under.database.connectionString,
      feed: under.memory.feed,
      businessDate: () => BUSINESS_DATE,
      timeZone: 'UTC',
      lingerMs: 0,
      paceMs: 0,
    });
    const story = new AccountStory('SHARED').opened('2026-01-01');
    await under.tell(story);
    for (const [n, writer] of [under.models, other, under.models, other].entries()) {
      await Promise.all([under.models.stop(), other.stop()]);
      story.invoice('2026-01-02', `I-${n}`, '100.00', '2026-02-01');
      writer.start();
      await under.tell(story);
    }
    const { value } = await under.models.queries.exposure('SHARED');
    expect(value.total).toBe('400.00');
    expect((await under.models.rebuild()).differences).toEqual([]);
    expect(under.errors).toEqual([]);
    await other.close();
    await under.close();
  });
});
