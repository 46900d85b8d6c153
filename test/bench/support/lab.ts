import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@duestream/platform';

/** Where measures take place: one embedded PostgreSQL as a server has it, fsync on, and fresh databases in it. */
export interface Lab {
  /** A database of this measure alone. It is dropped after `work`. */
  withDatabase<T>(work: (connectionString: string) => Promise<T>): Promise<T>;
  /** Writes out what waits in memory, so that what was loaded does not weigh on what is measured next. */
  settle(): Promise<void>;
  /** A folder that goes with the lab. */
  readonly folder: string;
  /** Shortens every measure, to see that they run. */
  readonly quick: boolean;
  note(text: string): void;
}

export async function inLab<T>(
  options: { readonly quick: boolean; note(text: string): void },
  work: (lab: Lab) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'duestream-bench-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'postgres'),
    log: { debug: ignore, info: ignore, warn: (text) => options.note(text), error: (text) => options.note(text) },
  });
  try {
    await assertDurable(postgres);
    let databases = 0;
    return await work({
      ...options,
      folder,
      withDatabase: (run) => withDatabase(postgres, `bench_${(databases += 1)}`, run),
      settle: async () => {
        await administer(postgres, 'CHECKPOINT');
      },
    });
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function withDatabase<T>(
  postgres: EmbeddedPostgres,
  name: string,
  work: (connectionString: string) => Promise<T>,
): Promise<T> {
  const owner = new URL(postgres.connectionString()).username;
  await administer(postgres, `CREATE DATABASE ${name} TEMPLATE template0 OWNER ${decodeURIComponent(owner)}`);
  try {
    return await work(postgres.connectionString(name));
  } finally {
    await untilNobodyIsIn(postgres, name);
    await administer(postgres, `DROP DATABASE ${name} WITH (FORCE)`);
    // So that what one measure left to write does not weigh on the next.
    await administer(postgres, 'CHECKPOINT');
  }
}

/** A pool that was closed may have connections on their way out: cut, they would end the process. */
async function untilNobodyIsIn(postgres: EmbeddedPostgres, name: string): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  const sessions = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`;
  for (;;) {
    const [row] = await administer(postgres, sessions);
    if (Number(row?.['count']) === 0 || performance.now() > deadlineMs) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function assertDurable(postgres: EmbeddedPostgres): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const [row] = await administer(postgres, `SELECT current_setting('${setting}') AS value`);
    if (row?.['value'] !== 'on') throw new Error(`${setting} is off: nothing measured here would be durable`);
  }
}

async function administer(
  postgres: EmbeddedPostgres,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return query(postgres.superuserConnectionString(), statement);
}

export async function query(
  connectionString: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}

/** What was counted must be what the database has. */
export async function assertCount(connectionString: string, what: string, sql: string, counted: number): Promise<void> {
  const [row] = await query(connectionString, sql);
  const found = Number(row?.['count']);
  if (found !== counted) throw new Error(`${what}: ${counted} were counted, the database has ${found}`);
}

function ignore(): void {
  // What the server does in its ordinary course is of no interest here.
}
