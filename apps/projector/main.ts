import 'reflect-metadata';
import { runMain } from '@duestream/hosting';
import { loadRoleConfig } from '@duestream/platform';
import { startProjector } from './src/projector';

void runMain(
  (env) => startProjector(loadRoleConfig(env, 'projector')),
  (url) => `Duestream's projector answers at ${url} (health and metrics); Ctrl-C stops it.`,
);
