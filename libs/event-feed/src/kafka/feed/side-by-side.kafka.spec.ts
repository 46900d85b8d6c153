import { describeWithKafka } from '@duestream/platform/testing';
import type { FeedBatch, FeedConsumer } from '../../port';
import { kafkaSurroundings } from '../../testing/kafka-surroundings';
import { until } from '../../testing/until';
import { kafkaFeed } from './kafka-feed';

describeWithKafka('partitions of a feed over Kafka', (broker) => {
  it('do not wait for a batch of another one that takes its time', async () => {
    const its = await kafkaSurroundings(broker, { partitions: 3 });
    const { kafka, topics, config, store } = its;
    const { topicPrefix: groupPrefix, partitions } = config;
    await its.startRelay();
    // Enough accounts for events in every partition.
    await Promise.all(Array.from({ length: 12 }, (_, n) => its.writer.write(`A-${n}`, 1)));
    const consumer = new Patient();
    const feed = kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix, store });
    const subscription = feed.subscribe(consumer);
    try {
      await until(() => consumer.begun.size === partitions);
    } finally {
      consumer.goOn();
      await subscription.stop();
      await its.close();
    }
  });
});

/** Does not end its first batches before it is told to. */
class Patient implements FeedConsumer {
  readonly name = 'patient';
  readonly batchSize = 10;
  readonly lingerMs = 0;
  readonly begun = new Set<string>();
  goOn: () => void = () => undefined;
  private readonly told = new Promise<void>((resolve) => (this.goOn = resolve));

  readCheckpoint(): Promise<null> {
    return Promise.resolve(null);
  }

  async handle({ partition }: FeedBatch): Promise<'applied'> {
    this.begun.add(partition);
    await this.told;
    return 'applied';
  }

  onError(): void {
    // What counts is what begins.
  }
}
