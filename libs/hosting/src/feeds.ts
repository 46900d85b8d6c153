import { InboundRecorder, type AccountProcessor } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import {
  connectKafka,
  directFeed,
  Intake,
  kafkaAsConfigured,
  kafkaFeed,
  Relay,
  type EventFeed,
  type EventHistory,
  type KafkaConnection,
} from '@duestream/event-feed';
import type { EventStore } from '@duestream/event-store';
import type { Config, KafkaConfig, Logger } from '@duestream/platform';
import type { Engines } from './engines';
import type { Surroundings } from './surroundings';

/** How events reach the read models and, with Kafka, how messages come in. */
export interface Feeds {
  readonly feed: EventFeed & EventHistory;
  readonly kafka: KafkaParts | null;
}

export interface KafkaParts {
  readonly connection: KafkaConnection;
  readonly relay: Relay;
}

/** With Kafka: its topics are there, and the relay is at work or stands by. */
export async function openFeeds(config: Config, engines: Engines, around: Surroundings): Promise<Feeds> {
  const { store } = engines;
  if (config.feed.kind === 'direct') return { feed: directFeed({ store }), kafka: null };
  const connection = await openKafka(config.feed.kafka, around);
  const relay = await startRelay(connection, engines, around);
  return { feed: feedOf(connection, store), kafka: { connection, relay } };
}

/** The brokers, with the topics as configured. */
export async function openKafka(config: KafkaConfig, { logger }: Surroundings): Promise<KafkaConnection> {
  return connectKafka(config, logOf(logger));
}

/** For read models that somebody else keeps up: asks no broker. */
export function openReadersFeed(
  config: KafkaConfig,
  store: EventStore,
  { logger }: Surroundings,
): EventFeed & EventHistory {
  return feedOf(kafkaAsConfigured(config, logOf(logger)), store);
}

export function feedOf({ kafka, topics, config }: KafkaConnection, store: EventStore): EventFeed & EventHistory {
  const { partitions, topicPrefix: groupPrefix } = config;
  return kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix, store });
}

/** Brings the store's events into Kafka, or stands by, until the teardown. */
export async function startRelay(
  { kafka, topics, config }: KafkaConnection,
  { store, connectionString }: Engines,
  { logger, metrics, teardown }: Surroundings,
): Promise<Relay> {
  const { partitions, maxMessageBytes } = config;
  const relay = await Relay.start({
    store,
    kafka,
    topic: topics.accountEvents,
    partitions,
    maxMessageBytes,
    connectionString,
    onError: (error) => logger.warn({ err: error }, 'events could not be relayed: trying again'),
    onRelayed: (events) => metrics.relayed(events),
  });
  teardown.add('relay', () => relay.stop());
  return relay;
}

/** Takes in what comes by Kafka, until the teardown. Nothing else may use the processor after that. */
export function startIntake(
  { kafka, topics, config }: KafkaConnection,
  processor: AccountProcessor<AccountState>,
  { logger, metrics, teardown }: Surroundings,
): void {
  const intake = new Intake({
    kafka,
    topics,
    groupPrefix: config.topicPrefix,
    maxMessageBytes: config.maxMessageBytes,
    handler: new InboundRecorder(processor),
    observer: metrics.intakeObserver(logger),
    concurrency: config.partitions,
    onError: (error) => logger.warn({ err: error }, 'messages could not be taken in: trying again'),
  });
  // Together: the intake waits for the commands at hand, and only a processor that closes gives up a store that is away.
  teardown.add('intake', async () => {
    await Promise.all([intake.stop(), processor.close()]);
  });
}

function logOf(logger: Logger): (message: string) => void {
  const log = logger.child({ engine: 'kafka' });
  return (message) => log.debug(message);
}
