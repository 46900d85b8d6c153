import { ACTOR_HEADER, accountEventTypes, inboundTypes, type PublishedEvent } from '@duestream/contracts';
import type { KafkaConfig } from '@duestream/platform';
import { CLOUD_EVENT_HEADERS } from '../records';
import { COMPRESSION, topicNames, wantedTopics, type TopicNames, type WantedTopic } from '../topics';
import { schemaComponents, schemaRef } from './schemas';

type Json = Readonly<Record<string, unknown>>;

/** Real records, as `libs/contracts/examples.json` has them. */
export interface Examples {
  /** By type. */
  readonly inbound: Readonly<Record<string, Json>>;
  readonly events: Readonly<Record<string, PublishedEvent>>;
  /** By what they say. */
  readonly answers: Readonly<Record<string, PublishedEvent>>;
  readonly deadLetter: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
}

/** The topics, who reads and writes them, and what stands in them: AsyncAPI 3, from the schemas and the settings of the topics. */
export function asyncApiDocument(config: KafkaConfig, version: string, examples: Examples): Json {
  const names = topicNames(config);
  const messages = messagesOf(examples);
  const topics = new Map(wantedTopics(names, config).map((topic) => [topic.topic, topic]));
  const channel = (name: keyof TopicNames, description: string): Json =>
    channelOf(topics.get(names[name]), description, Object.keys(messages[name]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Duestream over Kafka',
      version,
      description:
        'Messages of order systems come in, each is answered, and everything that happens to a credit account goes out. ' +
        'CloudEvents 1.0 in structured mode; the key of a record is the account. Generated from libs/contracts/schemas.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      kafka: {
        host: 'localhost:9092',
        protocol: 'kafka',
        description: 'DUESTREAM_KAFKA_BROKERS. Topics and groups may have a prefix: DUESTREAM_KAFKA_TOPIC_PREFIX.',
      },
    },
    channels: {
      inbound: channel(
        'inbound',
        'What order systems send. One partition has one reader, so an account has its order.',
      ),
      answers: channel('answers', 'The answer to every message of the inbound topic, refusals and duplicates too.'),
      accountEvents: channel('accountEvents', 'Everything that happened to an account, in its order, at least once.'),
      deadLetters: channel(
        'deadLetters',
        'Records of the inbound topic that nobody could be answered for, to the byte unless `duestream-cut-from` says otherwise. One without a value says that the letter of its key is dealt with.',
      ),
    },
    operations: operationsOf(config, messages),
    components: {
      schemas: schemaComponents(),
      messages: Object.fromEntries(Object.values<Json>(messages).flatMap((some) => Object.entries(some))),
    },
  };
}

type Messages = Readonly<Record<keyof TopicNames, Json>>;

function messagesOf({ inbound, events, answers, deadLetter }: Examples): Messages {
  const ofType = (example: Json | PublishedEvent | undefined): readonly Json[] =>
    example === undefined ? [] : [{ payload: example }];
  return {
    inbound: Object.fromEntries(
      inboundTypes.map((type) => [type, cloudEvent(type, 'inbound', `inbound/${type}.json`, ofType(inbound[type]))]),
    ),
    accountEvents: {
      ...Object.fromEntries(
        accountEventTypes().map((type) => [
          type,
          cloudEvent(type, 'outbound', `outbound/${type}.json`, ofType(events[type])),
        ]),
      ),
      [WATERMARK]: cloudEvent(WATERMARK, 'watermark', `outbound/${WATERMARK}.json`, ofType(events[WATERMARK])),
    },
    answers: {
      [ANSWER]: cloudEvent(
        ANSWER,
        'answer',
        `outbound/${ANSWER}.json`,
        Object.entries(answers).map(([name, payload]) => ({ name, payload })),
      ),
    },
    deadLetters: {
      [DEAD_LETTER]: {
        name: DEAD_LETTER,
        title: 'a record that could not be read',
        contentType: 'application/octet-stream',
        headers: schemaRef('dead-letter-headers.json'),
        payload: { type: ['string', 'null'], description: 'the original bytes' },
        bindings: keyed('partition-offset-timestamp of the original'),
        examples: [deadLetter],
      },
    },
  };
}

const ANSWER = 'duestream.message.answered.v1';
const WATERMARK = 'duestream.feed.watermark.v1';
const DEAD_LETTER = 'duestream.inbound.dead-letter.v1';

type Envelope = 'inbound' | 'outbound' | 'answer' | 'watermark';

function cloudEvent(type: string, envelope: Envelope, dataFile: string, examples: readonly Json[]): Json {
  const isOurs = envelope !== 'inbound';
  const contentType = { type: 'string', ...(isOurs ? { const: CLOUD_EVENT_HEADERS['content-type'] } : {}) };
  const actor = { [ACTOR_HEADER]: { type: 'string', description: 'who acts, on trust' } };
  return {
    name: type,
    contentType: 'application/cloudevents+json',
    headers: {
      type: 'object',
      ...(isOurs ? { required: ['content-type'] } : {}),
      properties: { 'content-type': contentType, ...(isOurs ? {} : actor) },
    },
    payload: {
      allOf: [
        schemaRef(`${envelope}-envelope.json`),
        { type: 'object', properties: { type: { const: type }, data: schemaRef(dataFile) } },
      ],
    },
    // A watermark is for a partition, not for an account.
    ...(envelope === 'watermark' ? {} : { bindings: keyed('the account: the same as `subject`') }),
    examples,
  };
}

function keyed(description: string): Json {
  return { kafka: { key: { type: 'string', description }, bindingVersion: '0.5.0' } };
}

function channelOf(topic: WantedTopic | undefined, description: string, messages: readonly string[]): Json {
  if (topic === undefined) throw new Error('a channel without a topic');
  return {
    address: topic.topic,
    description,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      kafka: {
        topic: topic.topic,
        partitions: topic.partitions,
        replicas: topic.replication,
        topicConfiguration: {
          'cleanup.policy': [topic.cleanup],
          'retention.ms': topic.retentionMs,
          'max.message.bytes': topic.maxMessageBytes,
          'compression.type': COMPRESSION,
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

/** By role: one process may have several. */
function operationsOf({ topicPrefix }: KafkaConfig, messages: Messages): Json {
  const operation = (action: 'send' | 'receive', channel: keyof TopicNames, role: string, summary: string): Json => ({
    action,
    channel: { $ref: `#/channels/${channel}` },
    summary,
    tags: [{ name: role }],
    messages: Object.keys(messages[channel]).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  });
  const group = (name: string): Json => ({
    bindings: {
      kafka: { groupId: { type: 'string', const: `${topicPrefix}${name}` }, bindingVersion: '0.5.0' },
    },
  });
  return {
    takeIn: {
      ...operation(
        'receive',
        'inbound',
        'intake',
        'Messages are decided; their offset is committed once they are answered.',
      ),
      ...group('duestream-intake'),
      reply: { channel: { $ref: '#/channels/answers' } },
    },
    answer: operation('send', 'answers', 'intake', 'Every message is answered before its offset is committed.'),
    park: operation('send', 'deadLetters', 'intake', 'What nobody can be answered for is kept with its reason.'),
    relay: operation(
      'send',
      'accountEvents',
      'relay',
      'Every event of the store, and how far each partition is complete.',
    ),
    project: {
      ...operation('receive', 'accountEvents', 'projector', 'Events become read models.'),
      ...group('duestream-read-models'),
    },
    listParked: operation('receive', 'deadLetters', 'operator', 'duestream dead-letter list'),
    retryParked: operation('send', 'inbound', 'operator', 'duestream dead-letter retry: the original again.'),
    settleParked: operation('send', 'deadLetters', 'operator', 'A record without a value: dealt with.'),
  };
}
