import { InboundRecorder, type AccountProcessor } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import {
  connectKafka,
  directFeed,
  Intake,
  kafkaFeed,
  Relay,
  type EventFeed,
  type EventHistory,
  type KafkaConnection,
} from '@duestream/event-feed';
import type { Config } from '@duestream/platform';
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
  const { store, connectionString } = engines;
  if (config.feed.kind === 'direct') return { feed: directFeed({ store }), kafka: null };
  const { logger, metrics, teardown } = around;
  const log = logger.child({ engine: 'kafka' });
  const connection = await connectKafka(config.feed.kafka, (message) => log.debug(message));
  const { kafka, topics } = connection;
  const { partitions, maxMessageBytes, topicPrefix } = connection.config;
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
  const feed = kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix: topicPrefix, store });
  return { feed, kafka: { connection, relay } };
}

/** Takes in what comes by Kafka, until the teardown. */
export function startIntake(
  { connection }: KafkaParts,
  processor: AccountProcessor<AccountState>,
  { logger, metrics, teardown }: Surroundings,
): void {
  const intake = new Intake({
    kafka: connection.kafka,
    topics: connection.topics,
    groupPrefix: connection.config.topicPrefix,
    handler: new InboundRecorder(processor),
    observer: metrics.intakeObserver(logger),
    concurrency: connection.config.partitions,
    onError: (error) => logger.warn({ err: error }, 'messages could not be taken in: trying again'),
  });
  teardown.add('intake', () => intake.stop());
}
