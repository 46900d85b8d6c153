import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@duestream/platform';
import type { Run } from './run';

/** A PostgreSQL of the run's own with the settings of production: synced to disk. */
export function embeddedDatabase(run: Run, dataDir = path.join(run.folder, 'database')): Promise<EmbeddedPostgres> {
  const silent = (): void => undefined;
  return startEmbeddedPostgres({
    dataDir,
    log: { debug: silent, info: silent, warn: silent, error: (message) => run.say(message) },
  });
}

/** As the superuser, who always finds a connection. */
export async function administer<T>(postgres: EmbeddedPostgres, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgres.superuserConnectionString() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
