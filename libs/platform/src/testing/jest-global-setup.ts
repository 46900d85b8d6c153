import { startTestPostgres, type TestPostgres } from './test-postgres';

declare global {
  var duestreamTestPostgres: TestPostgres | undefined;
}

/** Set both variables to run the tests against a PostgreSQL of your own. */
export default async function startForRun(): Promise<void> {
  if (process.env['DUESTREAM_TEST_DATABASE_URL'] && process.env['DUESTREAM_TEST_SUPERUSER_URL']) return;
  const started = await startTestPostgres();
  globalThis.duestreamTestPostgres = started;
  process.env['DUESTREAM_TEST_DATABASE_URL'] = started.server.connectionString('postgres');
  process.env['DUESTREAM_TEST_SUPERUSER_URL'] = started.server.superuserConnectionString();
}
