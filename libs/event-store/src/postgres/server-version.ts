import type { ClientBase } from 'pg';

const OLDEST_VERSION = 140_000;

/** The database can't hold the store, whatever is tried again. */
export class UnsupportedDatabase extends Error {
  readonly code = 'event-store.unsupported';
}

export async function assertSupported(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string; encoding: string }>(`
    SELECT current_setting('server_version_num')::int AS version,
      current_setting('server_version') AS name,
      current_setting('server_encoding') AS encoding`);
  const [server] = rows;
  if (server === undefined || server.version < OLDEST_VERSION) {
    throw new UnsupportedDatabase(`the event store needs PostgreSQL 14 or later, this is ${server?.name}`);
  }
  if (server.encoding !== 'UTF8') {
    throw new UnsupportedDatabase(`the event store needs a database in UTF8, this one is in ${server.encoding}`);
  }
}
