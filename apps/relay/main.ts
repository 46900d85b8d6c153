import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadRoleConfig } from '@duestream/platform';
import { startRelayRole } from './src/relay';

void runMain(
  (env) => startRelayRole(loadRoleConfig(env, 'relay')),
  (url) => `Duestream's relay answers at ${url} (health and metrics); Ctrl-C stops it.`,
);
