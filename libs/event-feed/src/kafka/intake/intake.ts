import { KafkaJSError, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs';
import type { Answer } from '@duestream/contracts';
import { asError } from '../pause';
import { SteadyConsumer } from '../steady-consumer';
import type { TopicNames } from '../topics';
import type { InboundHandler, Recorded } from './handler';
import { readInbound, type PoisonReason, type ReadInbound } from './read-inbound';
import { Replies, type AnswerTo, type ParkedRecord } from './replies';
import { SettledOffsets } from './settled-offsets';

export interface IntakeOptions {
  readonly kafka: Kafka;
  readonly topics: Pick<TopicNames, 'inbound' | 'answers' | 'deadLetters'>;
  readonly groupPrefix: string;
  /** What the topics take; the one of dead letters takes a little more. */
  readonly maxMessageBytes: number;
  readonly handler: InboundHandler;
  readonly onError: (error: Error) => void;
  readonly observer?: IntakeObserver;
  /** Partitions worked on at the same time. */
  readonly concurrency?: number;
  /** Messages of a partition that are handed over at once. */
  readonly chunkSize?: number;
  readonly now?: () => Date;
}

export interface IntakeObserver {
  answered(answer: Answer): void;
  deadLetter(reason: PoisonReason): void;
  /** A partition rests because the accounts take no more now. */
  rested(error: Error): void;
}

const SILENT: IntakeObserver = { answered: () => undefined, deadLetter: () => undefined, rested: () => undefined };
const MAX_BYTES_PER_PARTITION = 1_048_576;
const DEFAULT_CONCURRENCY = 4;
const DEFAULT_CHUNK = 200;
const HEARTBEAT_MS = 1_000;
const FIRST_REST_MS = 100;
const LAST_REST_MS = 5_000;

/**
 * `duestream.inbound.v1` → accounts. A partition has one member of the group, so its accounts have one writer. Its
 * records go to the accounts in chunks; answers and dead letters are acknowledged before the offset is committed, and
 * that before the next chunk. What is not taken now comes again: the partition rests, and Kafka keeps what waits.
 */
export class Intake {
  private readonly members: SteadyConsumer;
  private readonly replies: Replies;
  private readonly observer: IntakeObserver;
  private readonly settled = new SettledOffsets();
  private readonly rests = new Map<number, number>();

  constructor(private readonly options: IntakeOptions) {
    this.observer = options.observer ?? SILENT;
    this.members = new SteadyConsumer(options.kafka, {
      groupId: `${options.groupPrefix}duestream-intake`,
      topic: options.topics.inbound,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      eachBatch: (payload) => this.take(payload),
      onAssigned: (partitions) => {
        this.settled.clear();
        this.replies.keepOnly(partitions);
      },
      onError: options.onError,
    });
    this.replies = new Replies({ now: () => new Date(), ...options, signal: this.members.signal });
  }

  /** Ends after the chunks at hand, and commits them. */
  async stop(): Promise<void> {
    await this.members.stop();
    await this.replies.close();
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    const { chunkSize = DEFAULT_CHUNK } = this.options;
    try {
      for (const chunk of chunksOf(payload.batch.messages, chunkSize)) {
        if (!payload.isRunning() || payload.isStale() || this.members.signal.aborted) return;
        const open = await whileBeating(payload, () => this.settle(partition, chunk));
        const reached = open?.offset ?? String(BigInt(chunk.at(-1)?.offset ?? 0) + 1n);
        await this.advance(payload, reached);
        if (open !== null) return this.rest(payload, open.error);
      }
      this.rests.delete(partition);
    } catch (error) {
      if (error instanceof KafkaJSError) throw error;
      this.options.onError(asError(error));
      this.rest(payload, asError(error));
    }
  }

  /** Records, answers, parks. The first record that was not taken now, or null. */
  private async settle(partition: number, chunk: readonly KafkaMessage[]): Promise<OpenRecord | null> {
    const records = chunk
      .filter(({ offset }) => !this.settled.has(partition, offset))
      .map((message): InboundRecord => ({ message, read: readInbound(message) }));
    const outcomes = await this.record(records);
    await this.send(partition, records, outcomes);
    const open = records.flatMap(({ message }, index): OpenRecord[] => {
      const outcome = outcomes[index];
      return outcome?.kind === 'passing' ? [{ offset: message.offset, error: outcome.error }] : [];
    });
    const [first] = open;
    if (first === undefined) return null;
    const openOffsets = new Set(open.map(({ offset }) => offset));
    const offsets = records.map(({ message }) => message.offset);
    this.settled.add(
      partition,
      offsets.filter((offset) => !openOffsets.has(offset)),
    );
    return first;
  }

  /** One outcome per record; null where there is nothing to answer. */
  private async record(records: readonly InboundRecord[]): Promise<readonly (Recorded | null)[]> {
    const { handler } = this.options;
    const messages = records.flatMap(({ read }) => (read.kind === 'message' ? [read.inbound] : []));
    const recorded = messages.length === 0 ? [] : await handler.record(messages);
    let next = 0;
    return records.map(({ read }): Recorded | null => {
      if (read.kind === 'poison') return null;
      if (read.kind === 'refused') return { kind: 'answered', answer: handler.refuse(read.identity.id, read.problem) };
      const outcome = recorded[next++];
      if (outcome === undefined) throw new Error('a message was left without an outcome');
      return outcome;
    });
  }

  private async send(
    partition: number,
    records: readonly InboundRecord[],
    outcomes: readonly (Recorded | null)[],
  ): Promise<void> {
    const answers: AnswerTo[] = [];
    const parked: ParkedRecord[] = [];
    for (const [index, { message, read }] of records.entries()) {
      const outcome = outcomes[index] ?? null;
      if (read.kind === 'poison') parked.push({ message, reason: read.reason });
      else if (outcome !== null && outcome.kind !== 'passing')
        answers.push({ identity: read.identity, answer: outcome.answer });
      if (outcome?.kind === 'broken') parked.push({ message, reason: BROKEN });
    }
    await this.replies.send(partition, answers, parked);
    for (const { answer } of answers) this.observer.answered(answer);
    for (const { reason } of parked) this.observer.deadLetter(reason);
  }

  private async advance(payload: EachBatchPayload, reached: string): Promise<void> {
    const { partition } = payload.batch;
    this.settled.forgetBelow(partition, BigInt(reached));
    if (reached === payload.batch.firstOffset()) return;
    payload.resolveOffset(String(BigInt(reached) - 1n));
    await this.members.commit(partition, BigInt(reached));
    await payload.heartbeat();
  }

  private rest(payload: EachBatchPayload, error: Error): void {
    const { partition } = payload.batch;
    const restMs = this.rests.get(partition) ?? FIRST_REST_MS;
    this.rests.set(partition, Math.min(2 * restMs, LAST_REST_MS));
    this.observer.rested(error);
    this.members.rest(payload, restMs);
  }
}

interface InboundRecord {
  readonly message: KafkaMessage;
  readonly read: ReadInbound;
}

interface OpenRecord {
  readonly offset: string;
  readonly error: Error;
}

const BROKEN: PoisonReason = {
  code: 'internal',
  detail: 'The message could not be decided: a defect. It is in the log.',
};

function* chunksOf(messages: readonly KafkaMessage[], size: number): Generator<readonly KafkaMessage[]> {
  for (let start = 0; start < messages.length; start += size) yield messages.slice(start, start + size);
}

/** The group must not take the partition away only because the store takes its time. */
async function whileBeating<T>(payload: EachBatchPayload, work: () => Promise<T>): Promise<T> {
  // A rebalance that it tells of shows again with the heartbeat after the chunk.
  const beating = setInterval(() => void payload.heartbeat().catch(() => undefined), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
