import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import type { Answer } from '@duestream/contracts';
import { describeWithKafka } from '@duestream/platform/testing';
import { kafkaSurroundings, type KafkaSurroundings } from '../../testing/kafka-surroundings';
import { readTopic } from '../../testing/read-topic';
import { until } from '../../testing/until';
import { kafkaClient } from '../client';
import type { InboundHandler } from './handler';
import { Intake } from './intake';

const PARTITIONS = [0, 1, 2, 3];

describeWithKafka('an intake whose partitions another one takes over', (broker) => {
  let its: KafkaSurroundings;
  const intakes: Intake[] = [];
  beforeEach(async () => {
    its = await kafkaSurroundings(broker, { partitions: PARTITIONS.length });
  });
  afterEach(async () => {
    await Promise.all(intakes.splice(0).map((intake) => intake.stop()));
    await its.close();
  });

  /** Answers the producers that this intake has connected now. */
  function start(): ReadonlySet<Producer> {
    const { topics, config } = its;
    const kafka = kafkaClient(config, () => undefined);
    const connected = connectedProducers(kafka);
    intakes.push(
      new Intake({
        kafka,
        topics,
        groupPrefix: config.topicPrefix,
        maxMessageBytes: config.maxMessageBytes,
        handler: TAKES_ALL,
        onError: (error) => its.errors.push(error),
      }),
    );
    return connected;
  }

  it('closes what it answered them by, and both go on', async () => {
    const first = start();
    await sendToEach(its, 'before');
    await until(() => first.size === PARTITIONS.length);
    const second = start();
    await until(() => first.size === PARTITIONS.length / 2);
    await sendToEach(its, 'after');
    const answers = await readTopic(its.kafka, its.topics.answers, (read) => read.length >= 2 * PARTITIONS.length);
    expect(answers).toHaveLength(2 * PARTITIONS.length);
    expect([first.size, second.size]).toEqual([PARTITIONS.length / 2, PARTITIONS.length / 2]);
  });
});

const TAKES_ALL: InboundHandler = {
  record: (messages) =>
    Promise.resolve(messages.map(({ message }) => ({ kind: 'answered', answer: accepted(message.id) }))),
  refuse: accepted,
};

function accepted(id: string): Answer {
  return { id, status: 'accepted', accountRevision: null, position: null };
}

function connectedProducers(kafka: Kafka): ReadonlySet<Producer> {
  const connected = new Set<Producer>();
  const make = kafka.producer.bind(kafka);
  jest.spyOn(kafka, 'producer').mockImplementation((options) => {
    const producer = make(options);
    producer.on(producer.events.CONNECT, () => connected.add(producer));
    producer.on(producer.events.DISCONNECT, () => connected.delete(producer));
    return producer;
  });
  return connected;
}

async function sendToEach({ kafka, topics }: KafkaSurroundings, id: string): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = PARTITIONS.map((partition) => {
    const [subject, type] = [`C-${partition}`, 'account.changed.v1'];
    const message = { specversion: '1.0', id, source: '/test', type, subject, data: { name: id } };
    return { key: subject, partition, value: JSON.stringify(message) };
  });
  await producer.send({ topic: topics.inbound, messages });
  await producer.disconnect();
}
