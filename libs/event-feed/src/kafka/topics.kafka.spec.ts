import { CompressionTypes, ConfigResourceTypes, type Kafka } from 'kafkajs';
import { describeWithKafka } from '@duestream/platform/testing';
import { testKafkaConfig } from '../testing/kafka-surroundings';
import { kafkaClient } from './client';
import { accountPartitioner } from './partitioning';
import { ensureTopics, KafkaNotUsable, topicNames } from './topics';

const SILENT = (): void => undefined;

describeWithKafka('the topics', (broker) => {
  it('are created as configured, and found by the next start', async () => {
    const config = testKafkaConfig(broker, { partitions: 4, retentionDays: 2 });
    const kafka = kafkaClient(config, SILENT);
    const names = await ensureTopics(kafka, config);
    await expect(ensureTopics(kafka, config)).resolves.toEqual(names);
    expect(await settingsOf(kafka, names.accountEvents)).toMatchObject({
      partitions: 4,
      'cleanup.policy': 'delete',
      'retention.ms': '172800000',
      'max.message.bytes': '2097152',
      'compression.type': 'uncompressed',
    });
    expect(await settingsOf(kafka, names.deadLetters)).toMatchObject({ partitions: 1, 'cleanup.policy': 'compact' });
  });

  it('keep their records for ever with a retention of 0 days', async () => {
    const config = testKafkaConfig(broker, { retentionDays: 0 });
    const kafka = kafkaClient(config, SILENT);
    const { inbound } = await ensureTopics(kafka, config);
    expect(await settingsOf(kafka, inbound)).toMatchObject({ 'retention.ms': '-1' });
  });

  it('are refused with everything that is wrong with those that are there', async () => {
    const config = testKafkaConfig(broker, { partitions: 4 });
    const kafka = kafkaClient(config, SILENT);
    const { inbound, answers } = topicNames(config);
    const small = [{ name: 'max.message.bytes', value: '1000' }];
    const compacted = [{ name: 'cleanup.policy', value: 'compact' }];
    await create(kafka, [
      { topic: inbound, numPartitions: 2, configEntries: small },
      { topic: answers, numPartitions: 4, configEntries: compacted },
    ]);
    const refused: unknown = await ensureTopics(kafka, config).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KafkaNotUsable);
    expect([...(refused as KafkaNotUsable).problems].sort()).toEqual([
      `topic ${answers} has cleanup.policy=compact, not delete`,
      `topic ${answers} has compression.type=producer, not uncompressed`,
      `topic ${answers} has max.message.bytes=1048588, less than 2097152 (DUESTREAM_KAFKA_MAX_MESSAGE_BYTES)`,
      `topic ${inbound} has 2 partition(s), not 4: set DUESTREAM_KAFKA_PARTITIONS=2, or create it anew`,
      `topic ${inbound} has compression.type=producer, not uncompressed`,
      `topic ${inbound} has max.message.bytes=1000, less than 2097152 (DUESTREAM_KAFKA_MAX_MESSAGE_BYTES)`,
    ]);
  });

  it('take nothing that is too long only when it is unpacked', async () => {
    const config = testKafkaConfig(broker);
    const kafka = kafkaClient(config, SILENT);
    const { inbound } = await ensureTopics(kafka, config);
    const producer = kafka.producer({ createPartitioner: accountPartitioner });
    await producer.connect();
    const messages = [{ key: 'A', value: ' '.repeat(config.maxMessageBytes) }];
    const sending = producer.send({ topic: inbound, compression: CompressionTypes.GZIP, messages });
    await expect(sending).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
    await producer.disconnect();
  });

  it('are refused when there are fewer brokers than copies', async () => {
    const config = testKafkaConfig(broker, { replication: 9 });
    await expect(ensureTopics(kafkaClient(config, SILENT), config)).rejects.toThrow(
      /could not be created with 3 partition\(s\) and 9 replica\(s\) .*[Rr]eplication/,
    );
  });

  it('are refused by name of the brokers when none answers', async () => {
    const config = testKafkaConfig({ ...broker, brokers: ['127.0.0.1:1'] });
    await expect(ensureTopics(kafkaClient(config, SILENT), config)).rejects.toThrow('no broker of 127.0.0.1:1 answers');
  });
});

interface TopicToCreate {
  readonly topic: string;
  readonly numPartitions: number;
  readonly configEntries: { name: string; value: string }[];
}

async function create(kafka: Kafka, topics: TopicToCreate[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

async function settingsOf(kafka: Kafka, topic: string): Promise<Record<string, unknown>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    });
    const entries = resources.flatMap(({ configEntries }) => configEntries);
    return {
      partitions: topics[0]?.partitions.length,
      ...Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
    };
  } finally {
    await admin.disconnect();
  }
}
