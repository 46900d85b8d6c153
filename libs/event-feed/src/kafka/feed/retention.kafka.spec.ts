import type { FeedBatch, FeedConsumer } from '../../port';
import { describeWithKafka } from '@duestream/platform/testing';
import { kafkaSurroundings, type KafkaSurroundings } from '../../testing/kafka-surroundings';
import { until } from '../../testing/until';
import { kafkaFeed } from './kafka-feed';

describeWithKafka('a consumer that Kafka no longer has everything for', (broker) => {
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
});

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
