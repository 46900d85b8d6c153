import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { PostgresEventStore } from '../postgres/postgres-event-store';
import type { EngineUnderTest } from './engine-under-test';
import type { FaultyProxy } from './faulty-proxy';

export interface PostgresUnderTest extends EngineUnderTest {
  readonly database: TestDatabase;
  open(): Promise<PostgresEventStore>;
}

/** A new database on the server of this test run. */
export async function startPostgresEngine(): Promise<PostgresUnderTest> {
  const database = await createTestDatabase();
  const { hostname, port } = new URL(database.connectionString);
  return {
    database,
    address: { host: hostname, port: Number(port) },
    open: () => PostgresEventStore.open({ connectionString: database.connectionString, pollMs: 20 }),
    openThrough: (proxy: FaultyProxy) => {
      const url = new URL(database.connectionString);
      url.port = String(proxy.port);
      return PostgresEventStore.open({ connectionString: url.href, pollMs: 20 });
    },
    dispose: () => database.drop(),
  };
}
