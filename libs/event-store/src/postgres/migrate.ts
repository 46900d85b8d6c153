import type { ClientBase } from 'pg';
import { MIGRATIONS, type Migration } from './migrations';

/** Any number: it only has to be the same in every process that migrates this schema. */
const MIGRATION_LOCK = 4_207_316_501;

/** The database holds steps that this version does not know, so a later version has written here. */
export class StoreIsNewer extends Error {
  readonly code = 'event-store.newer';
  constructor(readonly unknown: readonly string[]) {
    super(`the event store was migrated by a later version (${unknown.join(', ')}): start that one`);
  }
}

/** Brings schema `store` up to date in one transaction; processes that start together take turns. */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS store');
    await client.query(`
      CREATE TABLE IF NOT EXISTS store.migrations (
        name text PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    for (const migration of await missing(client)) {
      await client.query(migration.sql);
      await client.query('INSERT INTO store.migrations (name) VALUES ($1)', [migration.name]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function missing(client: ClientBase): Promise<readonly Migration[]> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM store.migrations');
  const applied = new Set(rows.map(({ name }) => name));
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new StoreIsNewer(unknown);
  return MIGRATIONS.filter(({ name }) => !applied.has(name));
}
