import { randomUUID } from 'node:crypto';
import type { IHeaders, Kafka, KafkaMessage, Message } from 'kafkajs';
import { DEAD_LETTER_HEADERS } from '@duestream/contracts';
import { batchesWithin } from '../batches';
import { SafeProducer } from '../producer';
import type { TopicNames } from '../topics';

/** A record that could not be read, or met a defect, and waits for somebody. */
export interface DeadLetter {
  /** `partition-offset-timestamp` of the original. */
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  /** When the original was written. */
  readonly time: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The original's own. */
  readonly headers: IHeaders;
  /** Length of the original value in bytes where only its beginning is kept, without the original's headers. */
  readonly cutFrom: number | null;
}

/** What is left of a record is not the record: only its sender can send it again. */
export class DeadLettersCut extends Error {
  readonly code = 'dead-letters.cut';
  constructor(readonly ids: readonly string[]) {
    super(`only the beginning is kept of ${ids.join(', ')}: have them sent again by their sender, then drop them`);
  }
}

/** The topic had more than could be read in time. */
export class DeadLettersNotRead extends Error {
  readonly code = 'dead-letters.not-read';
  constructor(topic: string) {
    super(`${topic} could not be read to its end`);
  }
}

/** Compaction may have taken the very last records away: then nothing comes, however long one waits. */
const QUIET_MS = 5_000;
const TIMEOUT_MS = 60_000;

/** What an operator does with dead letters. Dealt with is what has a record without a value under its id. */
export class DeadLetterBox {
  constructor(
    private readonly kafka: Kafka,
    private readonly topics: Pick<TopicNames, 'inbound' | 'deadLetters'>,
    private readonly maxMessageBytes: number,
  ) {}

  /** Those that nobody has dealt with, oldest first. */
  async list(): Promise<readonly DeadLetter[]> {
    const letters = new Map<string, DeadLetter>();
    for (const message of await this.readAll()) {
      const id = message.key?.toString('utf8') ?? '';
      letters.delete(id);
      if (message.value !== null) letters.set(id, letterOf(id, message));
    }
    return [...letters.values()];
  }

  /**
   * Sends the originals to the intake again, and takes them out of here once that is acknowledged. Rejects with
   * `DeadLettersCut`, and sends nothing, when of one there is only the beginning.
   */
  async retry(letters: readonly DeadLetter[]): Promise<void> {
    const { inbound } = this.topics;
    const cut = letters.filter(({ cutFrom }) => cutFrom !== null);
    if (cut.length > 0) throw new DeadLettersCut(cut.map(({ id }) => id));
    await this.send(
      inbound,
      letters.map(({ key, value, headers }) => ({ key, value, headers })),
    );
    await this.drop(letters);
  }

  async drop(letters: readonly DeadLetter[]): Promise<void> {
    await this.send(
      this.topics.deadLetters,
      letters.map(({ id }) => ({ key: id, value: null })),
    );
  }

  private async send(topic: string, records: readonly Message[]): Promise<void> {
    const producer = new SafeProducer(this.kafka);
    try {
      for (const messages of batchesWithin(records, (record) => record, this.maxMessageBytes)) {
        await producer.send([{ topic, messages: [...messages] }]);
      }
    } finally {
      await producer.close();
    }
  }

  private async readAll(): Promise<readonly KafkaMessage[]> {
    const topic = this.topics.deadLetters;
    const groupId = `duestream-dead-letters-${randomUUID()}`;
    const admin = this.kafka.admin();
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 250, allowAutoTopicCreation: false });
    const messages: KafkaMessage[] = [];
    try {
      await admin.connect();
      const [{ low, high } = { low: '0', high: '0' }] = await admin.fetchTopicOffsets(topic);
      if (BigInt(low) >= BigInt(high)) return [];
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const end = watchdog(topic);
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          messages.push(...batch.messages);
          end.heard();
          if (BigInt(batch.lastOffset()) >= BigInt(high) - 1n) end.reached();
          return Promise.resolve();
        },
      });
      await end.promise;
      return messages;
    } finally {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined);
      await admin.disconnect();
    }
  }
}

interface Watchdog {
  readonly promise: Promise<void>;
  readonly heard: () => void;
  readonly reached: () => void;
}

/** Ends with the last record, or when there have been some and no more come. */
function watchdog(topic: string): Watchdog {
  const { promise, resolve, reject } = withResolvers();
  const late = setTimeout(() => reject(new DeadLettersNotRead(topic)), TIMEOUT_MS);
  let quiet: NodeJS.Timeout | undefined;
  const done = (): void => {
    clearTimeout(late);
    clearTimeout(quiet);
    resolve();
  };
  const heard = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(done, QUIET_MS);
  };
  return { promise, heard, reached: done };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((onDone, onFailed) => {
    [resolve, reject] = [onDone, onFailed];
  });
  return { promise, resolve, reject };
}

function letterOf(id: string, { value, headers = {} }: KafkaMessage): DeadLetter {
  const textOf = (name: string): string => String(headers[name] ?? '');
  const [key, cut] = [headers[DEAD_LETTER_HEADERS.key], headers[DEAD_LETTER_HEADERS.cut]];
  const own = new Set<string>(Object.values(DEAD_LETTER_HEADERS));
  return {
    id,
    reason: textOf(DEAD_LETTER_HEADERS.reason),
    detail: textOf(DEAD_LETTER_HEADERS.detail),
    time: new Date(Number(textOf(DEAD_LETTER_HEADERS.timestamp))).toISOString(),
    key: Buffer.isBuffer(key) ? key : null,
    value: textOf(DEAD_LETTER_HEADERS.value) === 'null' ? null : value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))),
    cutFrom: cut === undefined ? null : Number(cut),
  };
}
