import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  readonly name: string;
  /** As the application's role, owner of the database and no superuser. */
  readonly connectionString: string;
  readonly superuserConnectionString: string;
  drop(): Promise<void>;
}

/** A new, empty database on the server of this test run. Close your connections before `drop()`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const servers = testServers();
  const name = `test_${randomBytes(8).toString('hex')}`;
  // template1 would do, but one session connected to it makes CREATE DATABASE fail.
  await administer(
    servers.superuser,
    `CREATE DATABASE ${name} TEMPLATE template0 OWNER ${ownerOf(servers.application)}`,
  );
  return {
    name,
    connectionString: inDatabase(servers.application, name),
    superuserConnectionString: inDatabase(servers.superuser, name),
    drop: () => administer(servers.superuser, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Registers hooks that give the surrounding `describe` (or file) one database; call the result inside tests. */
export function useTestDatabase(): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database?.drop());
  return () => {
    if (database === undefined) throw new Error('The test database exists only inside tests and later hooks.');
    return database;
  };
}

interface TestServers {
  readonly application: string;
  readonly superuser: string;
}

function testServers(): TestServers {
  const application = process.env['DUESTREAM_TEST_DATABASE_URL'];
  const superuser = process.env['DUESTREAM_TEST_SUPERUSER_URL'];
  if (application === undefined || superuser === undefined) {
    throw new Error('No test server: name the file *.int.spec.ts or *.e2e.spec.ts and run it with jest.');
  }
  return { application, superuser };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function inDatabase(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

function ownerOf(server: string): string {
  return decodeURIComponent(new URL(server).username);
}
