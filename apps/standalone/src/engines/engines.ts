import path from 'node:path';
import { PostgresEventStore } from '@duestream/event-store';
import { startEmbeddedPostgres, type Config, type EmbeddedPostgres, type Logger } from '@duestream/platform';
import type { Teardown } from './teardown';
import { EngineNotSupported, TimeZoneFixed } from './start-error';

export interface Engines {
  readonly store: PostgresEventStore;
  readonly connectionString: string;
  /** Null: the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | null;
}

/** Starts or finds the database and opens the event store in it. What is opened is closed by `teardown`. */
export async function openEngines(config: Config, logger: Logger, teardown: Teardown): Promise<Engines> {
  if (config.eventStore.kind !== 'postgres')
    throw new EngineNotSupported('DUESTREAM_EVENT_STORE', config.eventStore.kind, 'postgres');
  if (config.feed.kind !== 'direct') throw new EngineNotSupported('DUESTREAM_FEED', config.feed.kind, 'direct');
  const { connectionString, embedded } = await databaseOf(config, logger, teardown);
  const store = await PostgresEventStore.open({ connectionString });
  teardown.add('event store', () => store.close());
  await settleTimeZone(store, config.timeZone);
  return { store, connectionString, embedded };
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
async function settleTimeZone(store: PostgresEventStore, timeZone: string): Promise<void> {
  const standing = await store.putSettingOnce('time-zone', timeZone);
  if (standing !== timeZone) throw new TimeZoneFixed(standing, timeZone);
}
