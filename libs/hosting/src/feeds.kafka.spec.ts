import { BusinessCalendar } from '@duestream/application';
import { connectKafka, type KafkaConnection } from '@duestream/event-feed';
import { readTopic, SafeProducer, testKafkaConfig, until } from '@duestream/event-feed/testing';
import { OutcomeUnknown, PostgresEventStore } from '@duestream/event-store';
import { createLogger, loadConfig } from '@duestream/platform';
import { createTestDatabase, describeWithKafka, type TestDatabase } from '@duestream/platform/testing';
import { startIntake } from './feeds';
import { Metrics } from './metrics';
import { openProcessor } from './processor';
import { Teardown } from './teardown';

describeWithKafka('the intake of a process', (broker) => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let connection: KafkaConnection;
  beforeEach(async () => {
    database = await createTestDatabase();
    store = await PostgresEventStore.open({ connectionString: database.connectionString });
    connection = await connectKafka(testKafkaConfig(broker), () => undefined);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  it('ends within the grace of its processor while nobody knows what the store wrote, and the next one answers', async () => {
    const mended = answerNothing(store);
    await sendOne(connection);
    const first = start(connection, store);
    await until(() => mended.writes >= 2);
    await first.run();
    mended.answerAgain();
    const second = start(connection, store);
    const [answer] = await readTopic(connection.kafka, connection.topics.answers, (records) => records.length === 1);
    await second.run();
    expect(JSON.parse(String(answer?.value))).toMatchObject({ causationid: 'm-1', data: { status: 'duplicate' } });
  });
});

function start(connection: KafkaConnection, store: PostgresEventStore): Teardown {
  const logger = createLogger({ level: 'silent' });
  const teardown = new Teardown(logger);
  const around = { logger, metrics: new Metrics(), teardown };
  const processor = openProcessor(loadConfig({}), store, new BusinessCalendar('UTC', Date.now), {}, around);
  startIntake(connection, processor, around);
  return teardown;
}

interface Unanswered {
  readonly writes: number;
  answerAgain(): void;
}

/** The store writes, and its answers are lost: a network that breaks at the worst moment, each time anew. */
function answerNothing(store: PostgresEventStore): Unanswered {
  const append = store.append.bind(store);
  const state = { writes: 0, answerAgain: () => void (store.append = append) };
  store.append = async (batches) => {
    await append(batches);
    state.writes += 1;
    return batches.map(() => ({ ok: false, error: new OutcomeUnknown('the answer was lost') }));
  };
  return state;
}

async function sendOne({ kafka, topics }: KafkaConnection): Promise<void> {
  const data = { name: 'Ada & Co', currency: 'EUR' };
  const message = { specversion: '1.0', id: 'm-1', source: '/test', type: 'account.opened.v1', subject: 'C-1', data };
  const producer = new SafeProducer(kafka);
  await producer.send([{ topic: topics.inbound, messages: [{ key: 'C-1', value: JSON.stringify(message) }] }]);
  await producer.close();
}
