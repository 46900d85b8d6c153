import type { Kafka } from 'kafkajs';
import type { KafkaConfig } from '@duestream/platform';
import { kafkaClient, type KafkaLog } from './client';
import { asError } from './pause';
import { ensureTopics, type TopicNames } from './topics';

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
  const kafka = kafkaClient(config, log);
  const topics = await ensureTopics(kafka, config);
  return { kafka, config, topics, health: () => healthOf(kafka, config) };
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
