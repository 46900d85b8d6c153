import path from 'node:path';
import {
  EventStoreDbEventStore,
  InvalidConnectionString,
  PostgresEventStore,
  Unavailable,
  type EventStoreEngine,
  type StoreSettings,
} from '@duestream/event-store';
import { startEmbeddedPostgres, type Config, type EmbeddedPostgres, type Logger } from '@duestream/platform';
import { EventStoreAway, EventStoreUrlWrong, TimeZoneFixed } from './start-error';
import type { Surroundings } from './surroundings';
import type { Teardown } from './teardown';

export interface Engines {
  readonly store: EventStoreEngine;
  /** Of the read models, and of the event store where that is PostgreSQL. */
  readonly connectionString: string;
  /** Null: the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | null;
}

/** Starts or finds the database and opens the event store, there or in EventStoreDB. What is opened is closed by `teardown`. */
export async function openEngines(config: Config, { logger, teardown }: Surroundings): Promise<Engines> {
  const { connectionString, embedded } = await databaseOf(config, logger, teardown);
  const store = await openStore(config.eventStore, connectionString);
  teardown.add('event store', () => store.close());
  await settleTimeZone(store, config.timeZone);
  return { store, connectionString, embedded };
}

/** Opens the event store that is configured. Rejects with what is wrong with it. */
export async function openStore(engine: Config['eventStore'], databaseUrl: string): Promise<EventStoreEngine> {
  if (engine.kind === 'postgres') return PostgresEventStore.open({ connectionString: databaseUrl });
  try {
    return await EventStoreDbEventStore.open({ connectionString: engine.url });
  } catch (error) {
    if (error instanceof InvalidConnectionString) throw new EventStoreUrlWrong(error);
    if (error instanceof Unavailable) throw new EventStoreAway(error);
    throw error;
  }
}

async function databaseOf(
  { database, dataDir }: Config,
  logger: Logger,
  teardown: Teardown,
): Promise<Omit<Engines, 'store'>> {
  if (database.kind === 'server') return { connectionString: database.url, embedded: null };
  const log = logger.child({ engine: 'embedded postgres' });
  const postgres = await startEmbeddedPostgres({
    dataDir: path.resolve(dataDir, 'postgres'),
    log: {
      debug: (message) => log.debug(message),
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
  });
  teardown.add('embedded postgres', () => postgres.stop());
  return { connectionString: postgres.connectionString(), embedded: postgres };
}

/** The zone decides what day it was for every event that stands: with events in the store it can't change. */
async function settleTimeZone(store: StoreSettings, timeZone: string): Promise<void> {
  const standing = await store.putSettingOnce('time-zone', timeZone);
  if (standing !== timeZone) throw new TimeZoneFixed(standing, timeZone);
}
