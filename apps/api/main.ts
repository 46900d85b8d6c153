import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadRoleConfig } from '@duestream/platform';
import { startApi } from './src/api';

void runMain(
  (env) => startApi(loadRoleConfig(env, 'api')),
  (url) => `Duestream's api answers at ${url} (docs at ${url}/docs); Ctrl-C stops it.`,
);
