import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, type IHeaders } from 'kafkajs';
import type { AnswerEvent } from '@duestream/contracts';
import { readTopic, SafeProducer, type TopicRecord } from '@duestream/event-feed/testing';
import type { KafkaConfig } from '@duestream/platform';

export interface SentRecord {
  readonly key: string | null;
  readonly value: string | Buffer | null;
  readonly headers?: IHeaders;
}

/** Half a minute: a cluster that lost a broker takes some ten seconds to say who leads now. */
const MAX_ATTEMPTS = 60;
const RETRY_MS = 500;

/** An upstream system that talks to Duestream through Kafka. */
export class KafkaDoor {
  private readonly kafka: Kafka;

  constructor(private readonly config: KafkaConfig) {
    this.kafka = new Kafka({ brokers: [...config.brokers], logLevel: logLevel.NOTHING });
  }

  /** Under the account that each message is for, in the order given. */
  async send(...messages: readonly object[]): Promise<void> {
    await this.sendRecords(
      ...messages.map((message) => {
        return { key: String(Reflect.get(message, 'subject')), value: JSON.stringify(message) };
      }),
    );
  }

  /** Again until they are acknowledged, as whoever must not lose a message does it. */
  async sendRecords(...records: readonly SentRecord[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const producer = new SafeProducer(this.kafka);
      try {
        await producer.send([{ topic: this.topic('inbound'), messages: [...records] }]);
        return;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
        await pause(RETRY_MS);
      } finally {
        await producer.close();
      }
    }
  }

  /** Reads the answers from the start until there are so many. */
  async answers(count: number): Promise<readonly AnswerEvent[]> {
    return (await this.answerRecords(count)).map(answerIn);
  }

  /** Reads the answers from the start until the ids of the answered messages are enough. */
  async answersOf(isEnough: (ids: ReadonlySet<string | null>) => boolean): Promise<readonly AnswerEvent[]> {
    const ids = new Set<string | null>();
    let seen = 0;
    const records = await readTopic(this.kafka, this.topic('answers'), (read) => {
      for (; seen < read.length; seen += 1) {
        const record = read[seen];
        if (record !== undefined) ids.add(answerIn(record).data.id);
      }
      return isEnough(ids);
    });
    return records.map(answerIn);
  }

  /** Reads what was published of accounts from the start, watermarks among it, until it is enough. */
  async accountEvents(isEnough: (records: readonly TopicRecord[]) => boolean): Promise<readonly TopicRecord[]> {
    return readTopic(this.kafka, this.topic('account-events'), isEnough);
  }

  async answerRecords(count: number): Promise<readonly TopicRecord[]> {
    return readTopic(this.kafka, this.topic('answers'), (read) => read.length >= count);
  }

  async deadLetters(count: number): Promise<readonly TopicRecord[]> {
    return readTopic(this.kafka, this.topic('inbound.dead-letter'), (read) => read.length >= count);
  }

  /** The keys of what was parked, once there are so many: after a kill a letter may be there again, under its key. */
  async deadLetterKeys(count: number): Promise<ReadonlySet<string | undefined>> {
    const keysOf = (read: readonly TopicRecord[]) => new Set(read.map(({ key }) => key?.toString()));
    return keysOf(await readTopic(this.kafka, this.topic('inbound.dead-letter'), (read) => keysOf(read).size >= count));
  }

  /** Of every consumer that is or was there. */
  async groups(): Promise<readonly string[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    } finally {
      await admin.disconnect();
    }
  }

  private topic(name: string): string {
    return `${this.config.topicPrefix}duestream.${name}.v1`;
  }
}

function answerIn({ value }: TopicRecord): AnswerEvent {
  return JSON.parse(value?.toString() ?? '') as AnswerEvent;
}
