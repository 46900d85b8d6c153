import { directFeed } from '@duestream/event-feed';
import { PostgresEventStore } from '@duestream/event-store';
import { ReadModels, type ReadModelsOptions } from '@duestream/read-models';
import { Client } from 'pg';

/** The store and the read models of one database, as the server has them. */
export interface Parts {
  readonly store: PostgresEventStore;
  readonly models: ReadModels;
  count(sql: string): Promise<number>;
  /** The schema of the live generation. */
  liveSchema(): Promise<string>;
  close(): Promise<void>;
}

/** After every date of the lives. */
export const BUSINESS_DATE = '2030-01-01';

export async function openParts(connectionString: string, options: Partial<ReadModelsOptions> = {}): Promise<Parts> {
  const store = await PostgresEventStore.open({ connectionString });
  const models = await ReadModels.open({
    connectionString,
    feed: directFeed({ store }),
    businessDate: () => BUSINESS_DATE,
    timeZone: 'UTC',
    onError: (error) => console.error(error),
    ...options,
  });
  const client = new Client({ connectionString });
  await client.connect();
  const value = async <Value>(sql: string): Promise<Value> => {
    const { rows } = await client.query<{ value: Value }>(`SELECT (${sql}) AS value`);
    const [row] = rows;
    if (row === undefined) throw new Error('a SELECT of one value gives one row');
    return row.value;
  };
  return {
    store,
    models,
    count: async (sql) => Number(await value<string>(sql)),
    liveSchema: () => value<string>(`SELECT 'rm_' || number FROM read_models.generations WHERE state = 'live'`),
    close: async () => {
      await client.end();
      await models.close();
      await store.close();
    },
  };
}

/** A benchmark that counts wrongly measures nothing. */
export function assertEqual(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} in the database where ${expected} were written`);
}
