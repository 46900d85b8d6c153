import type { ProjectionListener, Projecting } from './projection/projector';
import { AccountStory } from './testing/account-story';
import { openModels } from './testing/open-models';

/** Projects nothing; the test tells what it would tell. */
function silentProjector(): { heard: ProjectionListener | null; by: (heard: ProjectionListener) => Projecting } {
  const silent = {
    heard: null as ProjectionListener | null,
    by: (heard: ProjectionListener) => {
      silent.heard = heard;
      return { isRunning: true, start: () => undefined, stop: () => Promise.resolve() };
    },
  };
  return silent;
}

describe('the health of the read models', () => {
  it('says by what they are behind until the projection goes on, and stays ready, because queries are answered', async () => {
    const projector = silentProjector();
    const under = await openModels({ projectBy: projector.by });
    expect(await under.models.health()).toEqual({ ready: true });
    const position = under.memory.append(...new AccountStory('BEHIND').opened('2026-01-01').events);
    projector.heard?.onError(new Error('the thread is broken'));
    expect(await under.models.health()).toEqual({ ready: true, reason: 'behind: the thread is broken' });
    projector.heard?.onApplied({ partition: 'all', position });
    expect(await under.models.health()).toEqual({ ready: true });
    await under.close();
  });

  it('forgets a failure after which nothing is left to do', async () => {
    const projector = silentProjector();
    const under = await openModels({ projectBy: projector.by });
    projector.heard?.onError(new Error('the database was away'));
    expect(await under.models.health()).toEqual({ ready: true });
    await under.close();
  });
});
