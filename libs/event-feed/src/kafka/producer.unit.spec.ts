import type { Kafka, PartitionMetadata, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs';
import { partitionOf } from './partitioning';
import { RecordsNotSent, SafeProducer } from './producer';

const PARTITIONS = 3;

/**
 * Stands in for kafkajs where a real cluster shows it by luck only: a partition's leader dies while its records are on
 * their way, the broker that takes over has answered for other partitions already, and the client sends it nothing.
 */
class ForgetfulClient {
  forgotten: number | null = null;
  made = 0;
  readonly steps: string[] = [];
  private config: ProducerConfig = {};

  readonly kafka = {
    producer: (config: ProducerConfig = {}) => {
      this.config = config;
      this.made += 1;
      return {
        connect: () => Promise.resolve(),
        disconnect: () => Promise.resolve(),
        sendBatch: (batch: ProducerBatch) => this.take(batch),
      };
    },
  } as unknown as Pick<Kafka, 'producer'>;

  private async take(batch: ProducerBatch): Promise<RecordMetadata[]> {
    const name = String(batch.topicMessages?.[0]?.messages[0]?.value);
    this.steps.push(`${name} sent`);
    // Whoever waits for nothing sends now.
    await new Promise(setImmediate);
    this.steps.push(`${name} answered`);
    return this.answer(batch);
  }

  private answer({ topicMessages = [] }: ProducerBatch): RecordMetadata[] {
    const choose = this.config.createPartitioner?.();
    return topicMessages.flatMap(({ topic, messages }) => {
      const sent = new Set(messages.map((message) => choose?.({ topic, partitionMetadata, message }) ?? -1));
      return [...sent]
        .filter((partition) => partition !== this.forgotten)
        .map((partition) => ({ topicName: topic, partition, errorCode: 0, baseOffset: '0' }));
    });
  }
}

const partitionMetadata: PartitionMetadata[] = Array.from({ length: PARTITIONS }, (_, partitionId) => {
  return { partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] };
});

const records = [
  { key: 'C-1', value: '1' },
  { key: 'C-2', value: '2' },
  { key: null, partition: 2, value: 'a watermark' },
];

it('resolves when all partitions that were sent to have acknowledged', async () => {
  const client = new ForgetfulClient();
  const producer = new SafeProducer(client.kafka);
  const acknowledged = await producer.send([{ topic: 'events', messages: records }]);
  expect(new Set(acknowledged.map(({ partition }) => partition))).toEqual(
    new Set([partitionOf('C-1', PARTITIONS), partitionOf('C-2', PARTITIONS), 2]),
  );
});

it.each([partitionOf('C-2', PARTITIONS), 2])(
  'fails when nobody has acknowledged partition %i, and repeats with a new producer',
  async (partition) => {
    const client = new ForgetfulClient();
    const producer = new SafeProducer(client.kafka);
    client.forgotten = partition;
    const sending = producer.send([{ topic: 'events', messages: records }]);
    await expect(sending).rejects.toBeInstanceOf(RecordsNotSent);
    client.forgotten = null;
    await producer.send([{ topic: 'events', messages: records }]);
    expect(client.made).toBe(2);
  },
);

it('lets sends take turns, also after one that fails', async () => {
  const client = new ForgetfulClient();
  client.forgotten = 2;
  const producer = new SafeProducer(client.kafka);
  const sending = ['1', '2', '3'].map((value) =>
    producer.send([{ topic: 'events', messages: [{ partition: value === '2' ? 2 : 0, value }] }]),
  );
  const outcomes = await Promise.allSettled(sending);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(client.steps).toEqual(['1 sent', '1 answered', '2 sent', '2 answered', '3 sent', '3 answered']);
});

it('tells apart the topics of one send', async () => {
  const client = new ForgetfulClient();
  client.forgotten = 1;
  const sent = [
    { topic: 'answers', messages: [{ partition: 0, value: 'x' }] },
    { topic: 'dead-letters', messages: [{ partition: 1, value: 'y' }] },
  ];
  await expect(new SafeProducer(client.kafka).send(sent)).rejects.toMatchObject({ topic: 'dead-letters', records: 1 });
});
