import { Client } from 'pg';
import { createTestDatabase, useTestDatabase } from '@duestream/platform/testing';

const database = useTestDatabase();

async function query(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('gives a database that the application role owns without being superuser', async () => {
  await query(database().connectionString, 'CREATE TABLE kept (value text)');
  await query(database().connectionString, "INSERT INTO kept VALUES ('ä€𝄞')");

  expect(await query(database().connectionString, 'SELECT value FROM kept')).toEqual([{ value: 'ä€𝄞' }]);
  expect(await query(database().connectionString, "SELECT current_setting('is_superuser') AS is")).toEqual([
    { is: 'off' },
  ]);
  expect(await query(database().superuserConnectionString, "SELECT current_setting('is_superuser') AS is")).toEqual([
    { is: 'on' },
  ]);
});

test('gives every caller a database of its own and drops it', async () => {
  const other = await createTestDatabase();
  expect(await query(other.connectionString, "SELECT to_regclass('kept') AS kept")).toEqual([{ kept: null }]);

  await other.drop();

  await expect(query(other.connectionString, 'SELECT 1')).rejects.toThrow(/does not exist/);
});
