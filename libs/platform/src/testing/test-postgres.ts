import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, type EmbeddedPostgresLog, superviseServer } from '../embedded-postgres/supervisor';
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
      guard.kill('SIGKILL');
    },
  };
}

/** A shell that waits for its input to end, which it does when we are gone, and then stops the server and cleans up. */
function guardAgainstDeath(dataDir: string): ChildProcess {
  const script = `
    cat > /dev/null
    pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2> /dev/null) && kill -QUIT "$pid"
    while [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
    rm -rf "$1"`;
  const guard = spawn('/bin/sh', ['-c', script, 'duestream-test-guard', dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', (error) => console.error(`no guard for the test server: ${error.message}`));
  guard.unref();
  return guard;
}
