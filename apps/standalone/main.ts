import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadConfig } from '@duestream/platform';
import { startStandalone } from './src/standalone';

/** `npm start`: one process until SIGINT or SIGTERM. */
void runMain(
  (env) => startStandalone(loadConfig(env), { projectorThread: true }),
  (url) => `Duestream answers at ${url} (docs at ${url}/docs); Ctrl-C stops it.`,
);
