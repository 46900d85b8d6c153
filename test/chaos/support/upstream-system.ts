import { Partitioners, type Message as KafkaRecord } from 'kafkajs';
import type { AnswerEvent } from '@duestream/contracts';
import type { KafkaConnection } from '@duestream/event-feed';
import type { Acknowledged, Message } from './ledger';
import { until } from './wait';

const PATIENCE_MS = 120_000;

/** Sends through the inbound topic and reads the answers as they come. */
export class UpstreamSystem {
  private readonly sent = new Map<string, { readonly message: Message; readonly atMs: number }>();
  private readonly answers = new Map<string, { readonly event: AnswerEvent; readonly atMs: number }[]>();

  private constructor(
    private readonly producer: ReturnType<KafkaConnection['kafka']['producer']>,
    private readonly consumer: ReturnType<KafkaConnection['kafka']['consumer']>,
    private readonly topic: string,
  ) {}

  static async connect({ kafka, topics }: KafkaConnection): Promise<UpstreamSystem> {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    const consumer = kafka.consumer({ groupId: `poison-${Date.now()}`, maxWaitTimeInMs: 100 });
    const system = new UpstreamSystem(producer, consumer, topics.inbound);
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topic: topics.answers, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { value, timestamp } }) => {
        const event = JSON.parse(value?.toString() ?? '') as AnswerEvent;
        const id = event.data.id ?? '';
        system.answers.set(id, [...(system.answers.get(id) ?? []), { event, atMs: Number(timestamp) }]);
        return Promise.resolve();
      },
    });
    return system;
  }

  async send(messages: readonly Message[], before: readonly KafkaRecord[] = []): Promise<void> {
    const atMs = Date.now();
    for (const one of messages) this.sent.set(one.id, { message: one, atMs });
    const records = messages.map((one) => ({ key: one.subject, value: JSON.stringify(one) }));
    if (records.length + before.length === 0) return;
    await this.producer.send({ topic: this.topic, acks: -1, messages: [...before, ...records] });
  }

  async untilAnswered(): Promise<void> {
    const look = (): true | undefined => (this.answers.size >= this.sent.size ? true : undefined);
    await until('an answer to everything', look, { withinMs: PATIENCE_MS });
  }

  /** Milliseconds from the sending of a message to that of its answer. */
  waitOf(id: string): number {
    const [answer] = this.answers.get(id) ?? [];
    return (answer?.atMs ?? Number.NaN) - (this.sent.get(id)?.atMs ?? Number.NaN);
  }

  isAllWell(): boolean {
    return this.odd().length === 0;
  }

  oddities(): string {
    return JSON.stringify(this.odd().slice(0, 3));
  }

  acknowledged(): readonly Acknowledged[] {
    return [...this.sent.values()].flatMap(({ message: sent }) => {
      const [answer] = this.answers.get(sent.id) ?? [];
      return answer === undefined ? [] : [{ message: sent, answer: answer.event.data }];
    });
  }

  async disconnect(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }

  private odd(): readonly unknown[] {
    return [...this.answers].flatMap(([id, answers]) => {
      const isWell = this.sent.has(id) && answers.length === 1 && answers[0]?.event.data.status === 'accepted';
      return isWell ? [] : [{ id, answers: answers.map(({ event }) => event.data) }];
    });
  }
}
