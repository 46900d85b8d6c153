import type { EntityManager } from 'typeorm';
import { INSUFFICIENT_PRIVILEGE, sqlStateOf } from '../database/sql-state';
import { reportingStatements } from './views';

/** Analysts' role. It cannot log in itself: `GRANT duestream_reader TO alice` gives a login what it may read. */
export const READER_ROLE = 'duestream_reader';

const CREATE_ROLE = `
  DO $$
  BEGIN
    CREATE ROLE ${READER_ROLE} NOLOGIN;
  EXCEPTION
    -- Roles are the whole server's, so another database of it may have made the role, perhaps in this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
  END
  $$`;

/** Makes the `reporting` schema show a generation. Runs in one transaction, so that readers see the one or the other. */
export async function installReporting(manager: EntityManager, schema: string, timeZone: string): Promise<void> {
  const hasRole = await ensureRole(manager);
  await manager.transaction(async (transaction) => {
    await pointReportingAt(transaction, schema, timeZone);
    if (!hasRole) return;
    await transaction.query(`GRANT USAGE ON SCHEMA reporting TO ${READER_ROLE}`);
    await transaction.query(`GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO ${READER_ROLE}`);
    await transaction.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA reporting TO ${READER_ROLE}`);
  });
}

/** The manager must be inside a transaction: the search_path that binds the tables is its own. */
export async function pointReportingAt(transaction: EntityManager, schema: string, timeZone: string): Promise<void> {
  await transaction.query(`CREATE SCHEMA IF NOT EXISTS reporting`);
  await transaction.query(`SET LOCAL search_path = ${schema}`);
  for (const statement of reportingStatements(timeZone)) await transaction.query(statement);
}

/** False where the application's role may not create roles: then the operator makes it, and grants are added next time. */
async function ensureRole(manager: EntityManager): Promise<boolean> {
  const exists: unknown[] = await manager.query(`SELECT 1 FROM pg_roles WHERE rolname = $1`, [READER_ROLE]);
  if (exists.length > 0) return true;
  try {
    await manager.query(CREATE_ROLE);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  }
}
