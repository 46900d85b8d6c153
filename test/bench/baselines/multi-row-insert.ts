import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { LoopResult } from '../support/closed-loop';
import { query } from '../support/lab';
import type { StoredDecision } from '../support/rival';

const ROWS = 500;

/** The same events by `INSERT … VALUES` of many rows, prepared, one statement after the other: nothing decided. */
export async function multiRowInsert(
  connectionString: string,
  sample: StoredDecision,
  seconds: number,
): Promise<LoopResult> {
  await query(
    connectionString,
    `CREATE TABLE events (position bigserial PRIMARY KEY, account_id text NOT NULL, revision int NOT NULL, id uuid UNIQUE NOT NULL,
       type text NOT NULL, data text NOT NULL, metadata text NOT NULL, UNIQUE (account_id, revision))`,
  );
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const rows = Array.from({ length: ROWS }, (_, row) => `(${placeholders(row * 6)})`);
    const text = `INSERT INTO events (account_id, revision, id, type, data, metadata) VALUES ${rows.join(', ')}`;
    const startedMs = performance.now();
    let done = 0;
    while (performance.now() - startedMs < seconds * 1000) {
      await client.query({ name: 'insert', text, values: valuesFrom(done, sample) });
      done += ROWS;
    }
    return { done, failed: 0, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    await client.end();
  }
}

function placeholders(from: number): string {
  return Array.from({ length: 6 }, (_, column) => `$${from + column + 1}`).join(', ');
}

function valuesFrom(revision: number, { placed, approved }: StoredDecision): unknown[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const { type, data, metadata } = row % 2 === 0 ? placed : approved;
    return ['account-C-1', revision + row, randomUUID(), type, data, metadata];
  }).flat();
}
