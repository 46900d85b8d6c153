import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, type EmbeddedPostgresLog, superviseServer } from '../embedded-postgres/supervisor';
import { guardAgainstDeath } from './death-guard';
import { serverSettings, volatileSettings } from '../embedded-postgres/server-settings';

export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  stop(): Promise<void>;
}

const silentLog: EmbeddedPostgresLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message) => console.error(message),
};

/**
 * An embedded PostgreSQL in a temporary folder, fast because nothing is synced to disk. It ends with `stop()`, and also
 * when this process dies in any way, so that an interrupted test run leaves no server behind.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'duestream-test-'));
  await chmod(dataDir, 0o711);
  const guard = guardAgainstDeath(dataDir);
  const settings = { ...serverSettings, ...volatileSettings, max_connections: '300' };
  const server = await superviseServer({ dataDir, log: silentLog, databases: [] }, settings);
  return {
    server,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
      guard.dismiss();
    },
  };
}
