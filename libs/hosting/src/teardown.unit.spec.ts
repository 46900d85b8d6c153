import { createLogger } from '@duestream/platform';
import { Teardown } from './teardown';

const logger = createLogger({ level: 'silent' });

it('closes what was opened, the last opened first, also after one that fails', async () => {
  const teardown = new Teardown(logger);
  const closed: string[] = [];
  teardown.add('database', () => void closed.push('database'));
  teardown.add('broken', () => Promise.reject(new Error('cannot close')));
  teardown.add('server', () => void closed.push('server'));
  await Promise.all([teardown.run(), teardown.run()]);
  expect(closed).toEqual(['server', 'database']);
});

it('closes at once what a failed start opens afterwards', async () => {
  const teardown = new Teardown(logger);
  const ended = teardown.run();
  const late = new Promise<void>((resolve) => teardown.add('database', resolve));
  await ended;
  await late;
});
