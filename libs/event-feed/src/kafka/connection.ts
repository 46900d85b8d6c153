import type { Kafka } from 'kafkajs';
import type { KafkaConfig } from '@duestream/platform';
import { kafkaClient, type KafkaLog } from './client';
import { asError } from './pause';
import { ensureTopics, topicNames, type TopicNames } from './topics';

/** Kafka as the processes of one installation use it: reachable at start, with its topics as configured. */
export interface KafkaConnection {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly topics: TopicNames;
  /** Whether a broker answers now. */
  health(): Promise<{ readonly ready: boolean; readonly reason?: string }>;
}

/** Rejects with `KafkaNotUsable` when no broker answers or a topic is not as configured. */
export async function connectKafka(config: KafkaConfig, log: KafkaLog): Promise<KafkaConnection> {
  const connection = kafkaAsConfigured(config, log);
  await ensureTopics(connection.kafka, config);
  return connection;
}

/** Asks no broker: for who only has to know how the topics are divided, and works while Kafka is away. */
export function kafkaAsConfigured(config: KafkaConfig, log: KafkaLog): KafkaConnection {
  const kafka = kafkaClient(config, log);
  return { kafka, config, topics: topicNames(config), health: () => healthOf(kafka, config) };
}

async function healthOf(kafka: Kafka, { brokers }: KafkaConfig): Promise<{ ready: boolean; reason?: string }> {
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    await admin.describeCluster();
    return { ready: true };
  } catch (error) {
    return { ready: false, reason: `no broker of ${brokers.join(', ')} answers: ${asError(error).message}` };
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
