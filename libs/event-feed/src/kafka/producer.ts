import type { Kafka, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
import { accountPartitioner } from './partitioning';

const SEND_TIMEOUT_MS = 10_000;

/**
 * Sends with acks of all replicas, each record once and in order for as long as a send succeeds. A failed one leaves
 * its outcome open and the producer's numbering with it: the next send is a new producer's, and whoever sent repeats.
 */
export class SafeProducer {
  /** Of those who send at the same time, the first one makes it. */
  private producer: Promise<Producer> | null = null;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves when every record is acknowledged. */
  async send(topicMessages: NonNullable<ProducerBatch['topicMessages']>): Promise<readonly RecordMetadata[]> {
    if (this.closed) throw new Error('the producer is closed');
    this.producer ??= this.connect();
    const used = this.producer;
    try {
      return await (await used).sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages });
    } catch (error) {
      if (this.producer === used) this.producer = null;
      await disconnect(used);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { producer } = this;
    this.producer = null;
    if (producer !== null) await disconnect(producer);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      createPartitioner: accountPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 5 },
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }
}

/** Its sockets would keep the process alive. */
async function disconnect(connecting: Promise<Producer>): Promise<void> {
  await connecting.then((producer) => producer.disconnect()).catch(() => undefined);
}
