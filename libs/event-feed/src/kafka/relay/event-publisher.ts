import type { Kafka, Message, RecordMetadata } from 'kafkajs';
import type { PublicEvent } from '@duestream/contracts';
import { batchesWithin } from '../batches';
import { partitionOf } from '../partitioning';
import { SafeProducer } from '../producer';
import { eventRecord, watermarkRecord } from '../records';
import { RecordsLost } from './records-lost';

export interface EventPublisherOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  /** Of one send; a single event may be larger. */
  readonly maxBytes: number;
  readonly now: () => Date;
}

/** Read-your-writes waits for the partitions that have nothing of a write, so they must hear of it soon, but not of each. */
const WATERMARK_EVERY_MS = 50;

/** Puts events into their partitions in order, and tells the others how far the store has been relayed. */
export class EventPublisher {
  /** Of each partition, the offset after its last acknowledged record. */
  readonly ends = new Map<number, bigint>();
  private readonly producer: SafeProducer;
  /** The position that each partition has been told. */
  private readonly told = new Map<number, string>();
  private readonly losing = new AbortController();
  private sending: Promise<void> = Promise.resolve();
  private position: string | null = null;
  private watermarkedMs = Number.NEGATIVE_INFINITY;
  private owing: NodeJS.Timeout | null = null;

  constructor(private readonly options: EventPublisherOptions) {
    this.producer = new SafeProducer(options.kafka);
  }

  /** Aborted, with `RecordsLost`, when a partition ends before what it has acknowledged. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Resolves when all are acknowledged, and with them everything of the store up to `position`. */
  async publish(events: readonly PublicEvent[], position: string): Promise<void> {
    const chunks = this.chunked(events);
    for (const [index, chunk] of chunks.entries()) {
      const isLast = index === chunks.length - 1;
      await this.send(chunk, isLast ? position : (chunk.at(-1)?.event.position ?? position));
    }
    if (chunks.length === 0) await this.send([], position);
  }

  /** Tells every partition, whether it was told before or not. */
  async watermark(position: string): Promise<void> {
    await this.inTurn(() => this.tellAll(position));
  }

  /** The same of what has been sent by then; a position from before a batch that is underway would take it back. */
  async remind(): Promise<void> {
    await this.inTurn(async () => {
      if (this.position !== null) await this.tellAll(this.position);
    });
  }

  async close(): Promise<void> {
    if (this.owing !== null) clearTimeout(this.owing);
    await this.sending.catch(() => undefined);
    await this.producer.close();
  }

  private async send(chunk: readonly Placed[], position: string): Promise<void> {
    await this.inTurn(() => this.sendNow(chunk, position));
  }

  /** One after the other: watermarks come from timers. */
  private async inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.sending.then(work);
    this.sending = done.catch(() => undefined);
    await done;
  }

  private async tellAll(position: string): Promise<void> {
    this.told.clear();
    this.watermarkedMs = Number.NEGATIVE_INFINITY;
    await this.sendNow([], position);
  }

  private async sendNow(chunk: readonly Placed[], position: string): Promise<void> {
    const { topic, partitions, now } = this.options;
    const fresh = new Map(chunk.map(({ partition, event }) => [partition, event.position]));
    const behind = range(partitions).filter((one) => (fresh.get(one) ?? this.told.get(one)) !== position);
    const nowMs = performance.now();
    const isDue = nowMs - this.watermarkedMs >= WATERMARK_EVERY_MS;
    const told = isDue ? behind : [];
    const messages = [
      ...chunk.map(({ record }) => record),
      ...told.map((partition) => watermarkRecord(partition, position, now())),
    ];
    if (messages.length > 0)
      this.note(await this.producer.send([{ topic, messages }]), [...chunk.map(({ partition }) => partition), ...told]);
    for (const [partition, at] of fresh) this.told.set(partition, at);
    for (const partition of told) this.told.set(partition, position);
    if (told.length > 0) this.watermarkedMs = nowMs;
    this.position = position;
    if (!isDue && behind.length > 0) this.owe(this.watermarkedMs + WATERMARK_EVERY_MS - nowMs);
  }

  private owe(ms: number): void {
    this.owing ??= setTimeout(() => {
      this.owing = null;
      const tell = async (): Promise<void> => {
        if (this.position !== null) await this.sendNow([], this.position);
      };
      // What fails here is repeated with the next batch, and told by it.
      void this.inTurn(tell).catch(() => undefined);
    }, ms);
  }

  private note(acknowledged: readonly RecordMetadata[], sentTo: readonly number[]): void {
    for (const { partition, baseOffset = '-1' } of acknowledged) {
      const [start, known] = [BigInt(baseOffset), this.ends.get(partition) ?? 0n];
      if (start >= 0n && start < known) this.lose(partition);
      const end = start + BigInt(sentTo.filter((one) => one === partition).length);
      if (end > known) this.ends.set(partition, end);
    }
  }

  private lose(partition: number): never {
    const lost = new RecordsLost(this.options.topic, [partition]);
    this.losing.abort(lost);
    throw lost;
  }

  private chunked(events: readonly PublicEvent[]): readonly (readonly Placed[])[] {
    const { partitions, maxBytes } = this.options;
    const placed = events.map((event): Placed => {
      return { event, record: eventRecord(event), partition: partitionOf(event.subject, partitions) };
    });
    return batchesWithin(placed, ({ record }) => record, maxBytes);
  }
}

interface Placed {
  readonly event: PublicEvent;
  readonly record: Message;
  readonly partition: number;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
