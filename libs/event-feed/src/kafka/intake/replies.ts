import type { Kafka, KafkaMessage, Message } from 'kafkajs';
import { answerEvent, type Answer, type InboundIdentity } from '@duestream/contracts';
import { batchesWithin, bytesAlone } from '../batches';
import { asError, pause } from '../pause';
import { SafeProducer } from '../producer';
import { CLOUD_EVENT_HEADERS } from '../records';
import { deadLetterMaxBytes, type TopicNames } from '../topics';
import { deadLetterRecord } from './dead-letter';
import type { PoisonReason } from './read-inbound';

export interface RepliesOptions {
  readonly kafka: Kafka;
  readonly topics: Pick<TopicNames, 'inbound' | 'answers' | 'deadLetters'>;
  readonly maxMessageBytes: number;
  readonly onError: (error: Error) => void;
  readonly now: () => Date;
  /** Aborted when no more than one attempt is wanted. */
  readonly signal: AbortSignal;
}

export interface AnswerTo {
  readonly identity: InboundIdentity;
  readonly answer: Answer;
}

export interface ParkedRecord {
  readonly message: KafkaMessage;
  readonly reason: PoisonReason;
}

const MAX_SENDS = 5;
const FIRST_PAUSE_MS = 200;

/** What is said to the records of an inbound partition: answers, and dead letters. */
export class Replies {
  /** One of each partition: sends of one take turns, and a broker that hangs holds up only what goes to it. */
  private readonly producers = new Map<number, SafeProducer>();
  /** Sends underway, by partition: one of a partition that is taken away ends with its own producer. */
  private readonly underway = new Map<number, number>();
  private readonly closing = new Set<Promise<void>>();
  private kept: ReadonlySet<number> | null = null;

  constructor(private readonly options: RepliesOptions) {}

  /** Resolves when all are acknowledged. In batches that the topics take, whatever their length. */
  async send(partition: number, answers: readonly AnswerTo[], parked: readonly ParkedRecord[]): Promise<void> {
    this.underway.set(partition, (this.underway.get(partition) ?? 0) + 1);
    try {
      await this.sendAll(partition, answers, parked);
    } finally {
      this.underway.set(partition, (this.underway.get(partition) ?? 0) - 1);
      this.closeUnlessNeeded(partition);
    }
  }

  /** Lets go of the producers of all other partitions, each once its sends are done. */
  keepOnly(partitions: readonly number[]): void {
    this.kept = new Set(partitions);
    for (const partition of [...this.producers.keys()]) this.closeUnlessNeeded(partition);
  }

  async close(): Promise<void> {
    await Promise.all([...this.producers.values()].map((producer) => producer.close()));
    await Promise.all(this.closing);
  }

  private closeUnlessNeeded(partition: number): void {
    if ((this.underway.get(partition) ?? 0) > 0) return;
    this.underway.delete(partition);
    const producer = this.producers.get(partition);
    if (producer === undefined || this.kept === null || this.kept.has(partition)) return;
    this.producers.delete(partition);
    const closed = producer.close().finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }

  private async sendAll(
    partition: number,
    answers: readonly AnswerTo[],
    parked: readonly ParkedRecord[],
  ): Promise<void> {
    const { topics, maxMessageBytes, now } = this.options;
    const ofLetters = deadLetterMaxBytes(maxMessageBytes);
    await this.sendBatches(
      partition,
      topics.answers,
      answers.map((answer) => answerRecord(answer, now(), maxMessageBytes)),
      maxMessageBytes,
    );
    await this.sendBatches(
      partition,
      topics.deadLetters,
      parked.map(({ message, reason }) =>
        deadLetterRecord({ topic: topics.inbound, partition, message }, reason, ofLetters),
      ),
      ofLetters,
    );
  }

  private async sendBatches(
    partition: number,
    topic: string,
    records: readonly Message[],
    maxBytes: number,
  ): Promise<void> {
    for (const messages of batchesWithin(records, (record) => record, maxBytes)) {
      await this.sendPatiently(partition, topic, [...messages]);
    }
  }

  /** Tried some times here, because a message that comes again is answered as a duplicate. */
  private async sendPatiently(partition: number, topic: string, messages: Message[]): Promise<void> {
    const { kafka, signal, onError } = this.options;
    const producer = this.producers.get(partition) ?? new SafeProducer(kafka);
    this.producers.set(partition, producer);
    for (let attempt = 0; ; attempt += 1) {
      try {
        await producer.send([{ topic, messages }]);
        return;
      } catch (error) {
        if (attempt + 1 === MAX_SENDS || signal.aborted) throw new AnswersNotSent(error);
        onError(asError(error));
        await pause(FIRST_PAUSE_MS * 2 ** attempt, signal);
      }
    }
  }
}

/** The accounts have it, and nobody was told: the records come again. */
class AnswersNotSent extends Error {
  readonly code = 'intake.answers-not-sent';
  constructor(cause: unknown) {
    super('answers could not be sent: the records come again', { cause });
  }
}

/** Both contents of a conflict may be longer than a record may be; then they are left out. */
function answerRecord({ identity, answer }: AnswerTo, now: Date, maxBytes: number): Message {
  const record = recordOf(identity, answer, now);
  if (bytesAlone(record) <= maxBytes || answer.problem === undefined) return record;
  const { contents: _tooLong, ...problem } = answer.problem;
  return recordOf(identity, Object.assign({}, answer, { problem }), now);
}

function recordOf(identity: InboundIdentity, answer: Answer, now: Date): Message {
  const value = JSON.stringify(answerEvent(identity, answer, now));
  return { key: identity.accountId, value, headers: CLOUD_EVENT_HEADERS };
}
