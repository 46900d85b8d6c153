import { once } from 'node:events';
import { loadConfig } from '@duestream/platform';
import { EXIT_DONE } from '../terminal/cli-error';
import { notice } from '../terminal/terminal';
import type { AddCommand } from './context';

export const addStart: AddCommand = (program, { terminal, env, finish }) => {
  program
    .command('start')
    .description('run the server with the embedded engines until Ctrl-C')
    .action(async () => {
      const { startStandalone } = await import('@duestream/standalone');
      const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      const server = await startStandalone(loadConfig(env), { projectorThread: true });
      notice(terminal, `Duestream answers at ${server.url}; Ctrl-C stops it`);
      await interrupted;
      await server.close();
      finish(EXIT_DONE);
    });
};
