import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { asError, pause, untilAborted } from './pause';

export interface SteadyConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  /** Partitions worked on at the same time. */
  readonly concurrency: number;
  readonly maxBytesPerPartition: number;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  /** The group gave out its partitions anew: whatever was known of any of them is out of date. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  readonly onError: (error: Error) => void;
}

/** How long a member may be silent, and so how long the partitions of one that was killed stand still. */
const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 1_000;
/** A seek and a stop wait for the fetch that is underway. */
const FETCH_WAIT_MS = 250;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/**
 * A member of a consumer group that never gives up: when the client ends it, for whatever reason, a new one takes its
 * place. Offsets are resolved and committed by `eachBatch` alone.
 */
export class SteadyConsumer {
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private readonly underway = new Set<Promise<void>>();
  private consumer: Consumer | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: SteadyConsumerOptions,
  ) {
    this.running = this.run();
  }

  get signal(): AbortSignal {
    return this.stopped.signal;
  }

  seek(partition: number, offset: bigint): void {
    this.consumer?.seek({ topic: this.options.topic, partition, offset: String(offset) });
  }

  /** The group's own offset. */
  async commit(partition: number, offset: bigint): Promise<void> {
    await this.consumer?.commitOffsets([{ topic: this.options.topic, partition, offset: String(offset) }]);
  }

  /** Leaves the partition alone for a while; the others go on. */
  rest(payload: EachBatchPayload, ms: number): void {
    const resume = payload.pause();
    void pause(ms, this.stopped.signal).then(() => {
      if (!this.stopped.signal.aborted) resume();
    });
  }

  /** Ends after the batches at hand and leaves the group. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.stopped.signal.aborted) {
      const startedMs = performance.now();
      try {
        await this.consume();
      } catch (error) {
        if (!this.stopped.signal.aborted) this.options.onError(asError(error));
      }
      const wasSteady = performance.now() - startedMs > SESSION_TIMEOUT_MS;
      await pause(retryMs, this.stopped.signal);
      retryMs = wasSteady ? FIRST_RETRY_MS : Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  private async consume(): Promise<void> {
    const { groupId, topic, concurrency, eachBatch, onAssigned, maxBytesPerPartition } = this.options;
    const consumer = this.kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: { retries: 5, restartOnFailure: async () => Promise.resolve(false) },
    });
    this.consumer = consumer;
    const crashed = new AbortController();
    let cause: Error | null = null;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      cause = payload.error;
      crashed.abort();
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => onAssigned(payload.memberAssignment[topic] ?? []));
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => this.track(eachBatch(payload)),
      });
      await untilAborted(this.stopped.signal, crashed.signal);
      if (cause !== null) throw asError(cause);
    } finally {
      // A client that is told to stop commits nothing any more, and does not say so.
      await Promise.allSettled(this.underway);
      await consumer.disconnect();
      this.consumer = null;
    }
  }

  private async track(working: Promise<void>): Promise<void> {
    this.underway.add(working);
    try {
      await working;
    } finally {
      this.underway.delete(working);
    }
  }
}
