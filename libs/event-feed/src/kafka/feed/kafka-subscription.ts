import { KafkaJSError, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs';
import type { EventHistory, FeedConsumer, FeedSubscription } from '../../port';
import { checkpointText, parseCheckpoint } from '../checkpoint';
import { asError } from '../pause';
import { readRecord } from '../records';
import { SteadyConsumer } from '../steady-consumer';
import { bridge } from './bridge';
import { chunksOf, latest, type Cursor } from './cursor';

export interface KafkaSubscriptionOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  readonly groupPrefix: string;
  readonly history: EventHistory;
}

const MAX_BYTES_PER_PARTITION = 1_048_576;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** Whoever fenced us is at work on the next batch already. */
const FENCED_PAUSE_MS = 100;
const COMMIT_EVERY_MS = 1_000;
/**
 * Partitions worked on at once. The consumer's transactions take turns, but it paces itself after each, and one by one
 * those pauses add up. Each takes one of its connections, so not all of them.
 */
const SIDE_BY_SIDE = 3;

/**
 * One consumer in the group of its name. Where it goes on is in the consumer's own checkpoints; the group's offsets
 * are a hint, and what a dashboard shows. Nothing here keeps two members from working on one partition during a
 * rebalance: the compare-and-set of the consumer's transaction does.
 */
export class KafkaSubscription implements FeedSubscription {
  private readonly members: SteadyConsumer;
  private readonly cursors = new Map<number, Cursor>();
  private readonly retries = new Map<number, number>();
  private readonly committed = new Map<number, number>();

  constructor(
    private readonly options: KafkaSubscriptionOptions,
    private readonly consumer: FeedConsumer,
  ) {
    this.members = new SteadyConsumer(options.kafka, {
      groupId: `${options.groupPrefix}duestream-${consumer.name}`,
      topic: options.topic,
      concurrency: SIDE_BY_SIDE,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      eachBatch: (payload) => this.take(payload),
      onAssigned: () => this.cursors.clear(),
      onError: (error) => consumer.onError(error),
    });
  }

  async stop(): Promise<void> {
    await this.members.stop();
  }

  /** Rejects only with what the client must know of, such as a rebalance. */
  private async take(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    try {
      await this.handleBatch(payload);
      this.retries.delete(partition);
    } catch (error) {
      this.cursors.delete(partition);
      if (error instanceof KafkaJSError) throw error;
      this.consumer.onError(asError(error));
      const retryMs = this.retries.get(partition) ?? FIRST_RETRY_MS;
      this.retries.set(partition, Math.min(2 * retryMs, LAST_RETRY_MS));
      this.members.rest(payload, retryMs);
    }
  }

  private async handleBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const known = this.cursors.get(partition);
    let cursor = known !== undefined && beginsAt(batch, known) ? known : await this.locate(partition);
    if (!isWithin(batch, cursor)) return this.goTo(cursor, batch);
    if (!cursor.isJoined) cursor = await bridge(cursor, payload, this.options, this.consumer);
    for (const chunk of chunksOf(batch.messages, cursor.offset, this.consumer.batchSize)) {
      if (!payload.isRunning() || payload.isStale() || this.members.signal.aborted) return;
      const moved = await this.handOver(cursor, partition, chunk);
      if (moved === 'fenced') return this.startAgain(payload);
      cursor = moved;
      this.cursors.set(partition, cursor);
      payload.resolveOffset(String(cursor.offset - 1n));
      await payload.heartbeat();
    }
    await this.commit(partition, cursor.offset);
    if (cursor.offset >= BigInt(batch.highWatermark)) this.consumer.onCaughtUp?.(String(partition));
  }

  private goTo({ offset }: Cursor, { partition, highWatermark }: EachBatchPayload['batch']): void {
    this.members.seek(partition, offset);
    // At the end no batch comes that could tell it.
    if (offset >= BigInt(highWatermark)) this.consumer.onCaughtUp?.(String(partition));
  }

  private async handOver(
    cursor: Cursor,
    partition: number,
    chunk: readonly KafkaMessage[],
  ): Promise<Cursor | 'fenced'> {
    const { topic, history } = this.options;
    const end = BigInt(chunk.at(-1)?.offset ?? cursor.offset - 1n) + 1n;
    const records = chunk.flatMap(({ offset, value }) => {
      const read = readRecord(value);
      if (read.kind !== 'foreign') return [read];
      this.consumer.onError(new ForeignRecord(topic, partition, offset));
      return [];
    });
    const position = latest(cursor.position, records, history);
    if (position === null) return { ...cursor, offset: end };
    const next = checkpointText({ offset: end, position });
    const answer = await this.consumer.handle({
      partition: String(partition),
      expected: cursor.checkpoint,
      next,
      events: records.flatMap((read) => (read.kind === 'event' ? [read.event] : [])),
      position,
    });
    return answer === 'fenced' ? answer : { checkpoint: next, position, offset: end, isJoined: true };
  }

  /** Reads the checkpoint that is there now; the batch at hand may be far from it. */
  private async startAgain(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    const cursor = await this.locate(partition);
    this.members.seek(partition, cursor.offset);
    this.members.rest(payload, FENCED_PAUSE_MS);
  }

  private async locate(partition: number): Promise<Cursor> {
    const checkpoint = await this.consumer.readCheckpoint(String(partition));
    const { offset, position } = parseCheckpoint(checkpoint);
    const { low, high } = await this.rangeOf(partition);
    const isThere = offset !== null && offset >= low && offset <= high;
    // Without a place in the partition, all that it has is read again: consumers leave out what they know.
    const isJoined = position === null && low === 0n;
    const cursor = { checkpoint, position, offset: isThere ? offset : low, isJoined };
    this.cursors.set(partition, cursor);
    return cursor;
  }

  private async rangeOf(partition: number): Promise<{ readonly low: bigint; readonly high: bigint }> {
    const { kafka, topic } = this.options;
    const admin = kafka.admin();
    try {
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets(topic);
      const found = offsets.find((one) => one.partition === partition);
      return { low: BigInt(found?.low ?? 0), high: BigInt(found?.high ?? 0) };
    } finally {
      await admin.disconnect();
    }
  }

  private async commit(partition: number, offset: bigint): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - (this.committed.get(partition) ?? 0) < COMMIT_EVERY_MS) return;
    this.committed.set(partition, nowMs);
    await this.members.commit(partition, offset);
  }
}

function beginsAt(batch: EachBatchPayload['batch'], { offset }: Cursor): boolean {
  return BigInt(batch.firstOffset() ?? 0) === offset;
}

/** The cursor's record, or the next one that is there, is among the batch's. */
function isWithin(batch: EachBatchPayload['batch'], { offset }: Cursor): boolean {
  return BigInt(batch.firstOffset() ?? 0) <= offset && offset <= BigInt(batch.lastOffset());
}

/** Somebody else wrote into the relay's topic. It is left out; an event that were missing would show as a gap. */
export class ForeignRecord extends Error {
  readonly code = 'feed.foreign-record';
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: string,
  ) {
    super(`record ${offset} of ${topic}/${partition} is none of the relay's: left out`);
  }
}
