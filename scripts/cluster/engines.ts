import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadRoleConfig, startEmbeddedPostgres, type EmbeddedPostgresLog } from '@duestream/platform';
import { kafkaJars, startKafkaCluster, whyNoJava } from '@duestream/platform/testing';

/** What every role is told of the engines, as environment variables. */
export interface ClusterEngines {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const NAME_ONE = 'Name a broker with DUESTREAM_KAFKA_BROKERS=host:port';

export class NoBroker extends Error {
  readonly code = 'cluster.no-broker';
}

/** PostgreSQL and Kafka: those that the environment names, and else of this machine's own, in the folder, for this run alone. */
export async function startEngines(
  folder: string,
  given: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<ClusterEngines> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
  };
  const needsBroker = !isSet(given['DUESTREAM_KAFKA_BROKERS']);
  if (needsBroker) await mustHaveJava();
  try {
    const database = isSet(given['DUESTREAM_DATABASE_URL']) ? null : await startDatabase(folder, say);
    if (database !== null) stops.push(database.stop);
    const kafka = needsBroker ? await startBroker(say) : null;
    if (kafka !== null) stops.push(kafka.stop);
    return {
      env: {
        DUESTREAM_FEED: 'kafka',
        ...(database === null ? {} : { DUESTREAM_DATABASE_URL: database.url }),
        ...(kafka === null ? {} : { DUESTREAM_KAFKA_BROKERS: kafka.brokers.join(',') }),
        ...storeOf(given),
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws a ConfigError with all that is wrong in what was given, before anything is started on it. */
export function checkGiven(given: NodeJS.ProcessEnv): void {
  // In the place of what starts only afterwards.
  const later = { DUESTREAM_DATABASE_URL: 'postgresql://127.0.0.1/later', DUESTREAM_KAFKA_BROKERS: '127.0.0.1:1' };
  const own = Object.entries(later).filter(([name]) => !isSet(given[name]));
  loadRoleConfig({ ...given, ...Object.fromEntries(own), ...storeOf(given), DUESTREAM_FEED: 'kafka' }, 'api');
}

/** Who names an EventStoreDB means it, unless it is said otherwise. */
function storeOf(given: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const isMeant = isSet(given['DUESTREAM_EVENTSTOREDB_URL']) && !isSet(given['DUESTREAM_EVENT_STORE']);
  return isMeant ? { DUESTREAM_EVENT_STORE: 'eventstoredb' } : {};
}

async function startDatabase(
  folder: string,
  say: (line: string) => void,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const dataDir = path.join(folder, 'postgres');
  await mkdir(dataDir, { recursive: true });
  // It runs as another user when this is root.
  for (const one of [folder, dataDir]) await chmod(one, 0o711);
  say('starting PostgreSQL');
  const postgres = await startEmbeddedPostgres({ dataDir, log: logOf(say) });
  return { url: postgres.connectionString(), stop: () => postgres.stop() };
}

async function mustHaveJava(): Promise<void> {
  const missing = await whyNoJava();
  if (missing === null) return;
  throw new NoBroker(`no Kafka broker: ${missing} here. ${NAME_ONE}, or install Java 17 and Maven, which fetches one`);
}

async function startBroker(
  say: (line: string) => void,
): Promise<{ readonly brokers: readonly string[]; readonly stop: () => Promise<void> }> {
  say('starting Kafka (the first time Maven fetches it)');
  await kafkaJars().catch((error: unknown) => {
    throw new NoBroker(`no Kafka broker: Maven could not fetch it:\n${whatMavenSays(error)}\n${NAME_ONE}`);
  });
  return startKafkaCluster(1);
}

/** Maven tells what is wrong on stdout, which the message leaves out. */
function whatMavenSays(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stdout: unknown = Reflect.get(error, 'stdout');
  return typeof stdout === 'string' && stdout.trim() !== '' ? stdout.trim() : error.message;
}

function logOf(say: (line: string) => void): EmbeddedPostgresLog {
  const quiet = (): void => undefined;
  const loud = (message: string): void => say(`postgres: ${message}`);
  return { debug: quiet, info: quiet, warn: loud, error: loud };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}
