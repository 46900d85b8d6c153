import { Partitioners, type Message } from 'kafkajs';
import { Client } from 'pg';
import type { PublicEvent } from '@duestream/contracts';
import { directFeed, kafkaFeed } from '@duestream/event-feed';
import {
  eventRecord,
  kafkaSurroundings,
  until,
  watermarkRecord,
  type KafkaSurroundings,
} from '@duestream/event-feed/testing';
import { createTestDatabase, describeWithKafka, type TestDatabase } from '@duestream/platform/testing';
import { ReadModels } from '@duestream/read-models';
import { storyOf } from '../support/order-to-cash';
import { seeded } from '../support/seeded';
import { startTestServer } from '../e2e/support/server';

const SEED = 20260301;
const ACCOUNTS = 30;
const REBALANCES = 8;
const TIMEOUT_MS = 180_000;

describeWithKafka('read models fed by Kafka', (broker) => {
  let its: KafkaSurroundings;
  let models: TestDatabase;
  beforeEach(async () => {
    its = await kafkaSurroundings(broker, { partitions: 4 });
    models = await createTestDatabase();
  });
  afterEach(async () => {
    await its.close();
    await models.drop();
  });

  it(
    'are those of the clean run when each event comes one to five times, shuffled across accounts, in 8 rebalances',
    async () => {
      const events = await record(its);
      const random = seeded(SEED);
      const deliveries = shuffledAcrossAccounts(events, random);
      expect(deliveries.length).toBeGreaterThan(2 * events.length);
      const first = await openModels(its, models);
      first.start();
      try {
        await deliverInParts(its, deliveries, async () => {
          const second = await openModels(its, models);
          second.start();
          await joined(its, 2);
          await second.close();
          await joined(its, 1);
        });
        await until(async () => (await takenEvents(models)) === events.length);
        await tellAll(its, events.at(-1)?.position ?? '');
        await first.waitFor(events.at(-1)?.position ?? '', 20_000);
        expect(await first.lag()).toMatchObject({ events: 0 });
        const { models: compared, swapped, events: rebuilt } = await first.rebuild();
        expect(compared.filter(({ equal }) => !equal)).toEqual([]);
        expect({ swapped, rebuilt }).toEqual({ swapped: true, rebuilt: events.length });
      } finally {
        await first.close();
      }
    },
    TIMEOUT_MS,
  );
});

/** What a server decides on the stories of many accounts. */
async function record({ database, store }: KafkaSurroundings): Promise<readonly PublicEvent[]> {
  const server = await startTestServer(database.connectionString);
  for (let n = 0; n < ACCOUNTS; n += 1) {
    const { status } = await server.post('/v1/messages', storyOf(`C-${n}`, n));
    expect(status).toBe(200);
  }
  await server.close();
  const { events, atEnd } = await directFeed({ store }).readPage(null, 10_000);
  expect(atEnd).toBe(true);
  return events;
}

/** Every account's events in their order, each repeated later up to four times; accounts in any order. */
function shuffledAcrossAccounts(
  events: readonly PublicEvent[],
  random: (below: number) => number,
): readonly PublicEvent[] {
  const queues = new Map<string, PublicEvent[]>();
  for (const event of events) {
    const queue = queues.get(event.subject) ?? [];
    queue.push(event);
    for (let more = random(5); more > 0; more -= 1) queue.push(queue[random(queue.length)] ?? event);
    queues.set(event.subject, queue);
  }
  const delivered: PublicEvent[] = [];
  const open = [...queues.values()];
  while (open.length > 0) {
    const index = random(open.length);
    const next = open[index]?.shift();
    if (next === undefined) open.splice(index, 1);
    else delivered.push(next);
  }
  return delivered;
}

async function deliverInParts(
  { kafka, topics }: KafkaSurroundings,
  deliveries: readonly PublicEvent[],
  rebalance: () => Promise<void>,
): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  // Each round has two: one member comes, and goes again.
  const rounds = REBALANCES / 2;
  const size = Math.ceil(deliveries.length / rounds);
  for (let round = 0; round < rounds; round += 1) {
    const part = deliveries.slice(round * size, (round + 1) * size);
    const sending = producer.send({ topic: topics.accountEvents, messages: part.map((event) => eventRecord(event)) });
    await Promise.all([sending, rebalance()]);
  }
  await producer.disconnect();
}

/** As the relay does when it is idle. */
async function tellAll({ kafka, topics, config }: KafkaSurroundings, position: string): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages: Message[] = [];
  for (let partition = 0; partition < config.partitions; partition += 1) {
    messages.push(watermarkRecord(partition, position, new Date()));
  }
  await producer.send({ topic: topics.accountEvents, messages });
  await producer.disconnect();
}

async function openModels({ store, kafka, topics, config }: KafkaSurroundings, { connectionString }: TestDatabase) {
  const { partitions, topicPrefix: groupPrefix } = config;
  return ReadModels.open({
    connectionString,
    feed: kafkaFeed({ kafka, topic: topics.accountEvents, partitions, groupPrefix, store }),
    businessDate: () => '2026-06-30',
    timeZone: 'UTC',
    maxConnections: 3,
    batchSize: 50,
  });
}

/** The group has so many members, and has shared out its partitions among them. */
async function joined({ kafka, config }: KafkaSurroundings, members: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await until(async () => {
    const { groups } = await admin.describeGroups([`${config.topicPrefix}duestream-read-models`]);
    return groups[0]?.state === 'Stable' && groups[0].members.length === members;
  });
  await admin.disconnect();
}

async function takenEvents({ connectionString }: TestDatabase): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ events: string }>(
      `SELECT events FROM read_models.generations WHERE state = 'live'`,
    );
    return Number(rows[0]?.events);
  } finally {
    await client.end();
  }
}
