import { Client } from 'pg';
import type { PublicEvent } from '@duestream/contracts';
import { describeWithKafka } from '@duestream/platform/testing';
import type { FeedBatch, FeedConsumer } from '../../port';
import { kafkaSurroundings, type KafkaSurroundings } from '../../testing/kafka-surroundings';
import { readTopic, type TopicRecord } from '../../testing/read-topic';
import { remakeTopic } from '../../testing/remake-topic';
import { until } from '../../testing/until';
import { SafeProducer } from '../producer';
import { eventRecord, readRecord } from '../records';
import { kafkaFeed } from './kafka-feed';

describeWithKafka('a consumer that is not where Kafka would begin', (broker) => {
  let its: KafkaSurroundings;
  beforeEach(async () => {
    its = await kafkaSurroundings(broker, { partitions: 2 });
  });
  afterEach(() => its.close());

  it('gets from the store what has gone out of retention, and then goes on in Kafka', async () => {
    await its.startRelay();
    await Promise.all(['A', 'B', 'C'].map((id) => its.writer.write(id, 20)));
    const feed = feedOf(its);
    const early = new Collector();
    const subscription = feed.subscribe(early);
    await until(() => early.count === 60);
    await subscription.stop();
    await forgetAll(its);
    await Promise.all(['A', 'B', 'C'].map((id) => its.writer.write(id, 5)));
    const late = new Collector();
    const other = feed.subscribe(late);
    await until(() => ['A', 'B', 'C'].every((id) => late.revisionsOf(id).at(-1) === 24));
    await other.stop();
    for (const id of ['A', 'B', 'C']) expect([...new Set(late.revisionsOf(id))]).toEqual(range(25));
  });

  it('reads again from the start when its place is beyond the end of a topic made anew', async () => {
    await its.startRelay();
    await its.writer.write('A', 10);
    const consumer = new Collector();
    for (const partition of ['0', '1']) consumer.checkpoints.set(partition, '99999@');
    const subscription = feedOf(its).subscribe(consumer);
    await until(() => consumer.revisionsOf('A').at(-1) === 9);
    await subscription.stop();
    expect([...new Set(consumer.revisionsOf('A'))]).toEqual(range(10));
  });

  it('goes on at its own place when the group has none and more lies before it than one fetch brings', async () => {
    await its.startRelay();
    await its.writer.write('A', 1);
    const [known] = await eventsOf(its, 1);
    if (known === undefined) throw new Error('nothing was relayed');
    await repeatAtLength(its, known);
    const consumer = new Collector();
    for (const { partition, high } of await endsOf(its)) {
      consumer.checkpoints.set(String(partition), `${high}@${known.position}`);
    }
    await its.writer.write('A', 5);
    const subscription = feedOf(its).subscribe(consumer);
    await until(() => consumer.revisionsOf('A').at(-1) === 5);
    await subscription.stop();
    expect(consumer.revisionsOf('A')).toEqual(range(6).slice(1));
  });

  it('gets from the store what a topic made anew does not have, and reads that from its start', async () => {
    const relay = await its.startRelay();
    await its.writer.write('A', 10);
    const consumer = new Collector();
    const feed = feedOf(its);
    const early = feed.subscribe(consumer);
    await until(() => consumer.count === 10);
    await early.stop();
    await its.writer.write('A', 10);
    await eventsOf(its, 20);
    await relay.stop();
    await remakeTopic(its);
    await relayFromEnd(its);
    await its.writer.write('A', 5);
    const late = feed.subscribe(consumer);
    await until(() => consumer.revisionsOf('A').at(-1) === 24);
    await late.stop();
    expect([...new Set(consumer.revisionsOf('A'))]).toEqual(range(25));
  });

  it('gets from the store what lies before its place in a topic made anew that has grown past it', async () => {
    const relay = await its.startRelay();
    await its.writer.write('A', 10);
    const consumer = new Collector();
    const feed = feedOf(its);
    const early = feed.subscribe(consumer);
    await until(() => consumer.count === 10);
    await early.stop();
    await relay.stop();
    const { position } = await feed.readPage(null, 10);
    for (const partition of ['0', '1']) consumer.checkpoints.set(partition, `3@${position}`);
    await its.writer.write('A', 10);
    await remakeTopic(its);
    await relayFromEnd(its);
    await its.writer.write('A', 10);
    await eventsOf(its, 10);
    const late = feed.subscribe(consumer);
    await until(() => consumer.revisionsOf('A').at(-1) === 29);
    await late.stop();
    expect(consumer.revisionsOf('A')).toEqual(range(30));
  });

  it('goes on when the topic is made anew under it', async () => {
    await its.startRelay();
    await its.writer.write('A', 20);
    const consumer = new Collector();
    const subscription = feedOf(its).subscribe(consumer);
    await until(() => consumer.count === 20);
    await remakeTopic(its);
    await its.writer.write('A', 1);
    await until(() => consumer.revisionsOf('A').at(-1) === 20);
    await subscription.stop();
    expect([...new Set(consumer.revisionsOf('A'))]).toEqual(range(21));
  });
});

async function eventsOf({ kafka, topics }: KafkaSurroundings, count: number): Promise<readonly PublicEvent[]> {
  const eventsIn = (records: readonly TopicRecord[]): readonly PublicEvent[] =>
    records.flatMap(({ value }) => {
      const read = readRecord(value);
      return read.kind === 'event' ? [read.event] : [];
    });
  return eventsIn(await readTopic(kafka, topics.accountEvents, (records) => eventsIn(records).length >= count));
}

/** Three records that are no news, together longer than a fetch. */
async function repeatAtLength({ kafka, topics }: KafkaSurroundings, event: PublicEvent): Promise<void> {
  const producer = new SafeProducer(kafka);
  const { value, ...record } = eventRecord(event);
  for (let n = 0; n < 3; n += 1) {
    // Space around JSON means nothing.
    const long = `${String(value)}${' '.repeat(700_000)}`;
    await producer.send([{ topic: topics.accountEvents, messages: [{ ...record, value: long }] }]);
  }
  await producer.close();
}

interface End {
  readonly partition: number;
  readonly high: string;
}

async function endsOf({ kafka, topics }: KafkaSurroundings): Promise<readonly End[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topics.accountEvents);
  await admin.disconnect();
  return ends;
}

/** As when the relay has gone on behind what was lost. */
async function relayFromEnd(its: KafkaSurroundings): Promise<void> {
  const { database, store } = its;
  const client = new Client({ connectionString: database.connectionString });
  await client.connect();
  const { position } = await store.readAll({ after: null, limit: 1_000 });
  await client.query(`UPDATE feed.relays SET position = $1, ends = '{}'`, [position]);
  await client.end();
  await its.startRelay();
}

function feedOf({ kafka, topics, config, store }: KafkaSurroundings) {
  const { topicPrefix: groupPrefix, partitions } = config;
  return kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix, store });
}

/** As retention does it, only at once. */
async function forgetAll({ kafka, topics }: KafkaSurroundings): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topics.accountEvents);
  const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
  await admin.deleteTopicRecords({ topic: topics.accountEvents, partitions });
  await admin.disconnect();
}

class Collector implements FeedConsumer {
  readonly name = 'collector';
  readonly batchSize = 7;
  readonly lingerMs = 0;
  readonly checkpoints = new Map<string, string>();
  private readonly taken: FeedBatch[] = [];

  readCheckpoint(partition: string): Promise<string | null> {
    return Promise.resolve(this.checkpoints.get(partition) ?? null);
  }

  handle(batch: FeedBatch): Promise<'applied' | 'fenced'> {
    if ((this.checkpoints.get(batch.partition) ?? null) !== batch.expected) return Promise.resolve('fenced');
    this.checkpoints.set(batch.partition, batch.next);
    this.taken.push(batch);
    return Promise.resolve('applied');
  }

  onError(): void {
    // Told elsewhere; what counts is what arrives.
  }

  get count(): number {
    return this.taken.reduce((sum, { events }) => sum + events.length, 0);
  }

  revisionsOf(accountId: string): readonly number[] {
    const events = this.taken.flatMap((batch) => batch.events);
    return events.filter(({ subject }) => subject === accountId).map(({ accountrevision }) => Number(accountrevision));
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
