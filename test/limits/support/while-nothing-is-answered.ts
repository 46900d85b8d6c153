import { Client } from 'pg';

/** Whoever asks for events waits meanwhile. */
export async function whileNothingIsAnswered(connectionString: string, test: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE store.events, store.streams IN ACCESS EXCLUSIVE MODE');
    await test();
  } finally {
    await client.end();
  }
}
