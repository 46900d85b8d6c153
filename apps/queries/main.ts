import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadRoleConfig } from '@duestream/platform';
import { startQueries } from './src/queries';

void runMain(
  (env) => startQueries(loadRoleConfig(env, 'queries')),
  (url) => `Duestream's queries answers at ${url} (docs at ${url}/docs); Ctrl-C stops it.`,
);
