import { Pool } from 'pg';
import type { AccountId, CommandOf } from '@duestream/domain';
import { query } from '../support/lab';
import type { Rival } from '../support/rival';
import { approve, sealed } from './same-decision';

const CONNECTIONS = 32;

/**
 * How most order systems check credit: lock the account's row, decide by what it says, insert what happened, raise the
 * exposure, commit. One transaction a decision, a connection for each that waits. What is decided and what is stored
 * are ours.
 */
export async function rowLocking(connectionString: string): Promise<Rival> {
  await query(
    connectionString,
    `CREATE TABLE accounts (id text PRIMARY KEY, exposure_minor bigint NOT NULL, revision int NOT NULL, head_hash text NOT NULL);
     CREATE TABLE events (account_id text NOT NULL, revision int NOT NULL, id uuid PRIMARY KEY, type text NOT NULL,
       data text NOT NULL, metadata text NOT NULL, UNIQUE (account_id, revision))`,
  );
  const pool = new Pool({ connectionString, max: CONNECTIONS });
  pool.on('error', (error) => console.error(`row locking: ${error.message}`));
  return {
    name: 'row locking',
    countSql: `SELECT count(*) FROM events WHERE type = 'credit.approved.v1'`,
    open: (accounts) => openAccounts(pool, accounts),
    decide: (order) => decide(pool, order),
    close: () => pool.end(),
  };
}

async function openAccounts(pool: Pool, accounts: readonly AccountId[]): Promise<void> {
  await pool.query(`INSERT INTO accounts SELECT id, 0, 1, $2 FROM unnest($1::text[]) AS id`, [
    accounts,
    'f'.repeat(64),
  ]);
}

async function decide(pool: Pool, order: CommandOf<'order.placed.v1'>): Promise<boolean> {
  const { accountId, data } = order;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ exposure_minor: string; revision: number; head_hash: string }>({
      name: 'lock',
      text: 'SELECT exposure_minor, revision, head_hash FROM accounts WHERE id = $1 FOR UPDATE',
      values: [accountId],
    });
    const [account] = rows;
    if (account === undefined) throw new Error(`there is no account ${accountId}`);
    const { revision, head_hash: headHash } = account;
    const sums = { accountId, exposureMinor: BigInt(account.exposure_minor), revision, headHash };
    const events = approve(order, sums);
    if (events === null) {
      await client.query('ROLLBACK');
      return false;
    }
    const { toAppend, lastHash } = sealed(order, events, sums);
    await client.query({
      name: 'insert',
      text: `INSERT INTO events (account_id, revision, id, type, data, metadata)
        VALUES ($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)`,
      values: toAppend.flatMap(({ id, type, data: content, metadata }, index) => [
        ...[accountId, revision + 1 + index, id, type, content, metadata],
      ]),
    });
    await client.query({
      name: 'raise',
      text: 'UPDATE accounts SET exposure_minor = exposure_minor + $2, revision = $3, head_hash = $4 WHERE id = $1',
      values: [accountId, data.amount.amount.replace('.', ''), revision + toAppend.length, lastHash],
    });
    await client.query('COMMIT');
    return true;
  } finally {
    client.release();
  }
}
