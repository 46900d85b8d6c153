import { ConfigResourceTypes, type Admin, type ITopicConfig, type Kafka } from 'kafkajs';
import type { KafkaConfig } from '@duestream/platform';

export interface TopicNames {
  readonly accountEvents: string;
  readonly inbound: string;
  readonly answers: string;
  readonly deadLetters: string;
}

export function topicNames({ topicPrefix }: Pick<KafkaConfig, 'topicPrefix'>): TopicNames {
  return {
    accountEvents: `${topicPrefix}duestream.account-events.v1`,
    inbound: `${topicPrefix}duestream.inbound.v1`,
    answers: `${topicPrefix}duestream.answers.v1`,
    deadLetters: `${topicPrefix}duestream.inbound.dead-letter.v1`,
  };
}

/** Kafka is not as it must be: not there, or its topics are not what is configured. Whoever starts the server can put it right. */
export class KafkaNotUsable extends Error {
  readonly code = 'kafka.not-usable';
  constructor(readonly problems: readonly string[]) {
    super(['Kafka can not be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** Creates the topics that are missing, and rejects with everything that is wrong with those that are there. */
export async function ensureTopics(kafka: Kafka, config: KafkaConfig): Promise<TopicNames> {
  const names = topicNames(config);
  const admin = kafka.admin();
  try {
    await connect(admin, config);
    const wanted = wantedTopics(names, config);
    const known = new Set(await admin.listTopics());
    const problems = await createMissing(
      admin,
      wanted.filter(({ topic }) => !known.has(topic)),
    );
    problems.push(
      ...(await problemsOf(
        admin,
        wanted.filter(({ topic }) => known.has(topic)),
      )),
    );
    if (problems.length > 0) throw new KafkaNotUsable(problems);
    return names;
  } finally {
    await admin.disconnect();
  }
}

export interface WantedTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly maxMessageBytes: number;
}

/**
 * The broker stores what producers compress as it is unpacked: the client reads no snappy, lz4 or zstd, and one such
 * batch would hold up a partition for ever. Also what is long only when unpacked is then refused, to its producer.
 */
export const COMPRESSION = 'uncompressed';
const DAY_MS = 86_400_000;
const LEADER_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 50;
/** A dead letter carries the original record and what was wrong with it. */
const DEAD_LETTER_ROOM_BYTES = 65_536;

/** What the topic of dead letters takes where the others take `maxMessageBytes`. */
export function deadLetterMaxBytes(maxMessageBytes: number): number {
  return maxMessageBytes + DEAD_LETTER_ROOM_BYTES;
}

export function wantedTopics(names: TopicNames, config: KafkaConfig): readonly WantedTopic[] {
  const ordinary = {
    partitions: config.partitions,
    replication: config.replication,
    cleanup: 'delete',
    retentionMs: config.retentionDays === 0 ? -1 : config.retentionDays * DAY_MS,
    maxMessageBytes: config.maxMessageBytes,
  } as const;
  return [
    { ...ordinary, topic: names.accountEvents },
    { ...ordinary, topic: names.inbound },
    { ...ordinary, topic: names.answers },
    {
      ...ordinary,
      topic: names.deadLetters,
      // The last record of a key tells whether it is still to be dealt with, so only older ones may go.
      cleanup: 'compact',
      retentionMs: -1,
      partitions: 1,
      maxMessageBytes: deadLetterMaxBytes(config.maxMessageBytes),
    },
  ];
}

async function connect(admin: Admin, { brokers }: KafkaConfig): Promise<void> {
  try {
    await admin.connect();
    await admin.describeCluster();
  } catch (error) {
    throw new KafkaNotUsable([`no broker of ${brokers.join(', ')} answers: ${messageOf(error)}`]);
  }
}

/** One by one, so that each failure names its topic. */
async function createMissing(admin: Admin, topics: readonly WantedTopic[]): Promise<string[]> {
  const problems: string[] = [];
  for (const wanted of topics) {
    try {
      await admin.createTopics({ topics: [topicConfig(wanted)], waitForLeaders: false });
      await untilLed(admin, wanted);
    } catch (error) {
      const { topic, partitions, replication } = wanted;
      problems.push(
        `topic ${topic} could not be created with ${partitions} partition(s) and ${replication} replica(s) ` +
          `(DUESTREAM_KAFKA_PARTITIONS, DUESTREAM_KAFKA_REPLICATION): ${causesOf(error)}`,
      );
    }
  }
  return problems;
}

/** A broker that has not heard of a new topic yet calls it unknown; the client itself gives up on that too early. */
async function untilLed(admin: Admin, { topic, partitions }: WantedTopic): Promise<void> {
  const deadline = Date.now() + LEADER_TIMEOUT_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const led = topics.flatMap((found) => found.partitions).filter(({ leader }) => leader >= 0);
      if (led.length === partitions) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`it has no leader after ${LEADER_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function topicConfig(wanted: WantedTopic): ITopicConfig {
  return {
    topic: wanted.topic,
    numPartitions: wanted.partitions,
    replicationFactor: wanted.replication,
    configEntries: [
      { name: 'cleanup.policy', value: wanted.cleanup },
      { name: 'retention.ms', value: String(wanted.retentionMs) },
      { name: 'max.message.bytes', value: String(wanted.maxMessageBytes) },
      { name: 'compression.type', value: COMPRESSION },
      { name: 'min.insync.replicas', value: wanted.replication >= 3 ? '2' : '1' },
    ],
  };
}

async function problemsOf(admin: Admin, topics: readonly WantedTopic[]): Promise<readonly string[]> {
  if (topics.length === 0) return [];
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ topic }) => ({ type: ConfigResourceTypes.TOPIC, name: topic })),
  });
  return topics.flatMap((wanted) => {
    const partitions = metadata.topics.find(({ name }) => name === wanted.topic)?.partitions.length ?? 0;
    const entries = resources.find(({ resourceName }) => resourceName === wanted.topic)?.configEntries ?? [];
    const valueOf = (name: string): string => entries.find(({ configName }) => configName === name)?.configValue ?? '';
    return differences(wanted, partitions, valueOf).map((difference) => `topic ${wanted.topic} ${difference}`);
  });
}

/** What would lose or hold back records. How long they are kept is the operator's to change. */
function differences(wanted: WantedTopic, partitions: number, valueOf: (name: string) => string): readonly string[] {
  const found: string[] = [];
  if (partitions !== wanted.partitions) {
    const remedy = wanted.partitions === 1 ? '' : `: set DUESTREAM_KAFKA_PARTITIONS=${partitions}, or create it anew`;
    found.push(`has ${partitions} partition(s), not ${wanted.partitions}${remedy}`);
  }
  const cleanup = valueOf('cleanup.policy');
  if (cleanup !== wanted.cleanup) found.push(`has cleanup.policy=${cleanup}, not ${wanted.cleanup}`);
  const compression = valueOf('compression.type');
  if (compression !== COMPRESSION) found.push(`has compression.type=${compression}, not ${COMPRESSION}`);
  const maxBytes = Number(valueOf('max.message.bytes'));
  if (maxBytes < wanted.maxMessageBytes) {
    found.push(
      `has max.message.bytes=${maxBytes}, less than ${wanted.maxMessageBytes} (DUESTREAM_KAFKA_MAX_MESSAGE_BYTES)`,
    );
  }
  return found;
}

/** Several topics' failures come as one, which does not say what they are. */
function causesOf(error: unknown): string {
  if (!(error instanceof AggregateError) && !hasErrors(error)) return messageOf(error);
  return error.errors.map(messageOf).join('; ');
}

function hasErrors(error: unknown): error is { readonly errors: readonly unknown[] } {
  return typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
