import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Partitioners, type Consumer, type Producer } from 'kafkajs';
import type { Answer, AnswerEvent } from '@duestream/contracts';
import type { KafkaConnection } from '@duestream/event-feed';
import { NoAnswer, type HttpAnswer } from './http';
import type { Message } from './ledger';
import type { Run } from './run';

/** A killed intake's partitions stand still for its session, and then there may be the next kill. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 5;

/** Upstream systems that send by Kafka and read the answers there. */
export class KafkaDoor {
  private readonly producer: Producer;
  private readonly consumer: Consumer;
  private readonly answers = new Map<string, Answer>();
  private readonly eventIds = new Map<string, string>();

  constructor(
    private readonly run: Run,
    private readonly connection: KafkaConnection,
  ) {
    const { kafka } = connection;
    this.producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    this.consumer = kafka.consumer({ groupId: `chaos-${randomUUID()}`, maxWaitTimeInMs: 50 });
  }

  async open(): Promise<void> {
    await this.producer.connect();
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: this.connection.topics.answers, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message }) => Promise.resolve(this.read(message.value?.toString() ?? '')),
    });
  }

  /** Answers as the batch door does it, once there is an answer to each; rejects with `NoAnswer` when one does not come. */
  async deliver(batch: readonly Message[]): Promise<HttpAnswer> {
    const messages = batch.map((message) => ({ key: message.subject, value: JSON.stringify(message) }));
    try {
      await this.producer.send({ topic: this.connection.topics.inbound, acks: -1, messages });
    } catch (error) {
      throw new NoAnswer('the broker did not take it', { cause: error });
    }
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const items = batch.flatMap(({ id }) => this.answers.get(id) ?? []);
      if (items.length === batch.length) return { status: 200, headers: {}, text: JSON.stringify({ items }) };
      if (performance.now() > deadline) throw new NoAnswer(`${batch.length - items.length} answers did not come`);
      await delay(LOOK_MS);
    }
  }

  /** How many records nobody could read. */
  async deadLetters(): Promise<number> {
    const admin = this.connection.kafka.admin();
    await admin.connect();
    try {
      const offsets = await admin.fetchTopicOffsets(this.connection.topics.deadLetters);
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }

  private read(text: string): void {
    const { id: eventId, data } = JSON.parse(text) as AnswerEvent;
    const id = data.id ?? '';
    const known = this.eventIds.get(id) ?? eventId;
    this.run.must('all answers to a message have one id', known === eventId, () => `${id}: ${known}, ${eventId}`);
    this.eventIds.set(id, eventId);
    if (!this.answers.has(id)) this.answers.set(id, data);
  }
}
