import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadRoleConfig } from '@duestream/platform';
import { startIntakeRole } from './src/intake';

void runMain(
  (env) => startIntakeRole(loadRoleConfig(env, 'intake')),
  (url) => `Duestream's intake answers at ${url} (health and metrics); Ctrl-C stops it.`,
);
