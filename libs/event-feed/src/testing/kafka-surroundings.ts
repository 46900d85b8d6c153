import type { Kafka } from 'kafkajs';
import { PostgresEventStore } from '@duestream/event-store';
import type { KafkaConfig } from '@duestream/platform';
import { createTestDatabase, type TestBroker, type TestDatabase } from '@duestream/platform/testing';
import { kafkaClient } from '../kafka/client';
import { Relay, type RelayOptions } from '../kafka/relay/relay';
import { ensureTopics, type TopicNames } from '../kafka/topics';
import { StoreWriter } from './store-writer';

/** A store with a database of its own, and topics of its own on the broker of the tests. */
export interface KafkaSurroundings {
  readonly database: TestDatabase;
  readonly store: PostgresEventStore;
  readonly writer: StoreWriter;
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly topics: TopicNames;
  readonly errors: Error[];
  startRelay(options?: Partial<RelayOptions>): Promise<Relay>;
  close(): Promise<void>;
}

export function testKafkaConfig({ brokers, newPrefix }: TestBroker, changes: Partial<KafkaConfig> = {}): KafkaConfig {
  return {
    brokers,
    topicPrefix: newPrefix(),
    partitions: 3,
    replication: 1,
    retentionDays: 1,
    maxMessageBytes: 2_097_152,
    tls: null,
    sasl: null,
    ...changes,
  };
}

export async function kafkaSurroundings(
  broker: TestBroker,
  changes: Partial<KafkaConfig> = {},
): Promise<KafkaSurroundings> {
  const config = testKafkaConfig(broker, changes);
  const kafka = kafkaClient(config, () => undefined);
  const topics = await ensureTopics(kafka, config);
  const database = await createTestDatabase();
  const store = await PostgresEventStore.open({ connectionString: database.connectionString, pollMs: 20 });
  const relays: Relay[] = [];
  const errors: Error[] = [];
  return {
    database,
    store,
    writer: new StoreWriter(store),
    kafka,
    config,
    topics,
    errors,
    startRelay: async (options = {}) => {
      const relay = await Relay.start({
        store,
        kafka,
        topic: topics.accountEvents,
        partitions: config.partitions,
        maxMessageBytes: config.maxMessageBytes,
        connectionString: database.connectionString,
        onError: (error) => errors.push(error),
        ...options,
      });
      relays.push(relay);
      return relay;
    },
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await store.close();
      await database.drop();
    },
  };
}
