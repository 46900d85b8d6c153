import { AccountStory } from '../testing/account-story';
import { openModels } from '../testing/open-models';

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
});
