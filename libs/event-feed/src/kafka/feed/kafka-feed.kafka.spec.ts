import { describeWithKafka, type TestBroker } from '@duestream/platform/testing';
import { describeEventFeed, type FeedUnderTest } from '../../testing/describe-event-feed';
import { kafkaSurroundings } from '../../testing/kafka-surroundings';
import { kafkaFeed } from './kafka-feed';

describeWithKafka('Kafka', (broker) => {
  describeEventFeed('with one partition', () => start(broker, 1));
  describeEventFeed('with three partitions', () => start(broker, 3));
});

async function start(broker: TestBroker, partitions: number): Promise<FeedUnderTest> {
  const its = await kafkaSurroundings(broker, { partitions });
  const { store, kafka, topics, config, writer } = its;
  await its.startRelay();
  const feed = kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix: config.topicPrefix, store });
  return { feed, history: feed, write: (accountId, count) => writer.write(accountId, count), close: () => its.close() };
}
