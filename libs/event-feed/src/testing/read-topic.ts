import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from 'kafkajs';

export type TopicRecord = KafkaMessage & { readonly partition: number };

/** Reads a topic from its start until the condition holds for all that was read. */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  isEnough: (records: readonly TopicRecord[]) => boolean,
): Promise<readonly TopicRecord[]> {
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const records: TopicRecord[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (isEnough(records)) resolve();
      };
      consumer
        .run({
          eachMessage: async ({ partition, message }) => {
            records.push({ ...message, partition });
            look();
            return Promise.resolve();
          },
        })
        .then(look, reject);
    });
    return records;
  } finally {
    await consumer.disconnect();
  }
}
