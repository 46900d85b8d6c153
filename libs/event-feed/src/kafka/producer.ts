import type { Kafka, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
import { accountPartitioner } from './partitioning';

const SEND_TIMEOUT_MS = 10_000;

/**
 * Sends with acks of all replicas, each record once and in order for as long as a send succeeds. A failed one leaves
 * its outcome open and the producer's numbering with it: the next send is a new producer's, and whoever sent repeats.
 */
export class SafeProducer {
  private producer: Producer | null = null;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves when every record is acknowledged. */
  async send(topicMessages: NonNullable<ProducerBatch['topicMessages']>): Promise<readonly RecordMetadata[]> {
    if (this.closed) throw new Error('the producer is closed');
    const producer = await this.connected();
    try {
      return await producer.sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages });
    } catch (error) {
      this.producer = null;
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const { producer } = this;
    this.producer = null;
    await producer?.disconnect();
  }

  private async connected(): Promise<Producer> {
    if (this.producer !== null) return this.producer;
    const producer = this.kafka.producer({
      createPartitioner: accountPartitioner,
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 5 },
    });
    await producer.connect();
    this.producer = producer;
    return producer;
  }
}
