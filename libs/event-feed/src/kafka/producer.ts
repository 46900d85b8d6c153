import type { ICustomPartitioner, Kafka, Message, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
import { accountPartitioner } from './partitioning';

const SEND_TIMEOUT_MS = 10_000;

type TopicMessages = NonNullable<ProducerBatch['topicMessages']>;

/**
 * Sends with acks of all replicas, each record once and in order for as long as a send succeeds. A failed one leaves
 * its outcome open and the producer's numbering with it: the next send is a new producer's, and whoever sent repeats.
 * Sends take turns: kafkajs 2.2.4 takes a failed one's numbers back while another may be using them, and the broker
 * acknowledges the second use of a number as a repetition, without a record.
 */
export class SafeProducer {
  private producer: Promise<Producer> | null = null;
  private readonly chosen = new WeakMap<Message, number>();
  private sending: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly kafka: Pick<Kafka, 'producer'>) {}

  /** Resolves when every record is acknowledged. Rejects with `RecordsNotSent` when the client says so too early. */
  async send(topicMessages: TopicMessages): Promise<readonly RecordMetadata[]> {
    const sent = this.sending.then(() => this.sendNow(topicMessages));
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    this.closed = true;
    const { producer } = this;
    this.producer = null;
    if (producer !== null) await disconnect(producer);
  }

  private async sendNow(topicMessages: TopicMessages): Promise<readonly RecordMetadata[]> {
    if (this.closed) throw new Error('the producer is closed');
    this.producer ??= this.connect();
    const used = this.producer;
    try {
      const acknowledged = await (await used).sendBatch({ acks: -1, timeout: SEND_TIMEOUT_MS, topicMessages });
      this.assertAcknowledged(topicMessages, acknowledged);
      return acknowledged;
    } catch (error) {
      if (this.producer === used) this.producer = null;
      await disconnect(used);
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      createPartitioner: this.notingPartitioner,
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

  private readonly notingPartitioner: ICustomPartitioner = () => {
    const choose = accountPartitioner();
    return (record) => {
      const partition = choose(record);
      this.chosen.set(record.message, partition);
      return partition;
    };
  };

  /**
   * kafkajs 2.2.4 repeats a send only to brokers that have not answered it. When the leader of a partition dies
   * meanwhile and one that has answered already takes over, it sends that partition's records to nobody and resolves.
   */
  private assertAcknowledged(topicMessages: TopicMessages, acknowledged: readonly RecordMetadata[]): void {
    const places = new Set(acknowledged.map(({ topicName, partition }) => `${topicName} ${partition}`));
    for (const { topic, messages } of topicMessages) {
      const missing = messages.filter((message) => !places.has(`${topic} ${this.chosen.get(message)}`));
      if (missing.length > 0) throw new RecordsNotSent(topic, missing.length);
    }
  }
}

/** The client resolved although no broker has acknowledged some of the records. */
export class RecordsNotSent extends Error {
  readonly code = 'kafka.records-not-sent';
  constructor(
    readonly topic: string,
    readonly records: number,
  ) {
    super(`no broker has acknowledged ${records} record(s) for ${topic}`);
  }
}

/** Its sockets would keep the process alive. */
async function disconnect(connecting: Promise<Producer>): Promise<void> {
  await connecting.then((producer) => producer.disconnect()).catch(() => undefined);
}
