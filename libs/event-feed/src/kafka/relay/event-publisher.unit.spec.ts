import type { ICustomPartitioner, Kafka, Message, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs';
import { readRecord } from '../records';
import { EventPublisher } from './event-publisher';
import { RecordsLost } from './records-lost';

describe('the publisher of events', () => {
  let broker: SlowBroker;
  let publisher: EventPublisher;
  afterEach(() => jest.useRealTimers());
  beforeEach(async () => {
    jest.useFakeTimers();
    broker = new SlowBroker();
    const { kafka } = broker;
    publisher = new EventPublisher({ kafka, topic: 'events', partitions: 1, maxBytes: 1_000, now: () => new Date(0) });
    const first = publisher.watermark('1');
    await broker.answer(0);
    await first;
  });

  it('reminds of what is sent by then, not of what was when a batch was underway', async () => {
    const publishing = publisher.watermark('2');
    const reminding = publisher.remind();
    await broker.answer(1);
    await broker.answer(2);
    await Promise.all([publishing, reminding]);
    expect(broker.positions).toEqual(['1', '2', '2']);
  });

  it('tells what it owes as of when it is told', async () => {
    // Too soon after the first: it is owed.
    await publisher.publish([], '2');
    const third = publisher.watermark('3');
    jest.advanceTimersByTime(50);
    await broker.answer(1);
    await third;
    const last = publisher.remind();
    await broker.answer(2);
    await last;
    expect(broker.positions).toEqual(['1', '3', '3']);
  });

  it('says so when a partition has fewer records than it acknowledged', async () => {
    const second = publisher.watermark('2');
    await broker.answer(1);
    await second;
    expect(publisher.lost.aborted).toBe(false);
    const third = publisher.watermark('3');
    await broker.answer(0);
    await expect(third).rejects.toBeInstanceOf(RecordsLost);
    expect(publisher.lost.reason).toMatchObject({ topic: 'events', partitions: [0] });
  });
});

type Choose = ReturnType<ICustomPartitioner>;

/** Stands in for a broker that takes its time, as a real one does by luck only: a send waits until the test answers. */
class SlowBroker {
  readonly positions: string[] = [];
  private readonly waiting: ((baseOffset: string) => void)[] = [];
  private wake: () => void = () => undefined;

  readonly kafka = {
    producer: ({ createPartitioner }: ProducerConfig) => ({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      sendBatch: (batch: ProducerBatch) => this.take(batch, createPartitioner?.()),
    }),
  } as unknown as Kafka;

  /** Answers the send that waits, or the next one. */
  async answer(baseOffset: number): Promise<void> {
    while (this.waiting.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    this.waiting.shift()?.(String(baseOffset));
  }

  private take({ topicMessages = [] }: ProducerBatch, choose?: Choose): Promise<RecordMetadata[]> {
    const messages = topicMessages.flatMap((one) => one.messages);
    for (const message of messages) choose?.({ topic: 'events', partitionMetadata: [], message });
    this.positions.push(...messages.map(positionOf));
    return new Promise((resolve) => {
      this.waiting.push((baseOffset) => resolve([{ topicName: 'events', partition: 0, errorCode: 0, baseOffset }]));
      this.wake();
    });
  }
}

function positionOf({ value }: Message): string {
  const read = readRecord(Buffer.from(value ?? ''));
  return read.kind === 'foreign' ? 'foreign' : read.position;
}
