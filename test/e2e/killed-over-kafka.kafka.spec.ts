import { Kafka, logLevel } from 'kafkajs';
import { until, testKafkaConfig } from '@duestream/event-feed/testing';
import type { RebuildResult } from '@duestream/contracts';
import type { KafkaConfig } from '@duestream/platform';
import { createTestDatabase, describeWithKafka } from '@duestream/platform/testing';
import { buildServer, startServerProcess, type ServerProcess } from '../support/server-process';
import { KafkaDoor, type SentRecord } from './support/kafka-door';
import { openAccount, placeOrder, setLimit } from './support/messages';

const ACCOUNTS = 40;
const ORDERS = 2_000;
const KILLS = 4;
const TIMEOUT_MS = 300_000;

describeWithKafka('two servers that share the work over Kafka', (broker) => {
  beforeAll(buildServer);

  it(
    'lose nothing and do nothing twice when one after the other is killed in the middle of it, with 1 % poison',
    async () => {
      const database = await createTestDatabase();
      const config = testKafkaConfig(broker, { partitions: 6 });
      const servers = await Promise.all([
        start(database.connectionString, config),
        start(database.connectionString, config),
      ]);
      try {
        const door = new KafkaDoor(config);
        await door.send(...range(ACCOUNTS).flatMap((n) => [openAccount(`C-${n}`), setLimit(`C-${n}`, '100000.00')]));
        const records = range(ORDERS).map(recordOf);
        const poison = records.filter(({ value }) => value === POISON).length;
        expect(poison).toBe(ORDERS / 100);
        const answers = answerCounter(config);
        for (let kills = 0; kills < KILLS; kills += 1) {
          const before = await answers();
          await door.sendRecords(...records.slice((kills * ORDERS) / KILLS, ((kills + 1) * ORDERS) / KILLS));
          // In the middle: some of what is there is answered.
          await until(async () => (await answers()) > before);
          await servers[kills % 2]?.kill();
          servers[kills % 2] = await start(database.connectionString, config);
        }
        const expected = ORDERS - poison + 2 * ACCOUNTS;
        await until(async () => (await answers()) >= expected);
        await untilAllAnswered(door, expected);
        expect((await door.deadLetterKeys(poison)).size).toBe(poison);
        await untilCaughtUp(servers);
        const url = servers[0]?.url ?? '';
        for (const n of range(ACCOUNTS)) await expectOrders(url, `C-${n}`, records);
        const rebuilt = await rebuild(url);
        expect(rebuilt.models.filter(({ equal }) => !equal)).toEqual([]);
        const { findings } = await operation<{ findings: unknown[] }>(url, 'verify');
        expect(findings).toEqual([]);
      } finally {
        for (const server of servers) expect(await server.stop()).toBe(0);
        await database.drop();
      }
    },
    TIMEOUT_MS,
  );
});

const POISON = 'this is no message';

function recordOf(n: number): SentRecord {
  const key = `C-${n % ACCOUNTS}`;
  if (n % 100 === 99) return { key, value: POISON };
  const order = { ...placeOrder(key, `SO-${n}`, '1.00'), id: `order ${n}` };
  return { key, value: JSON.stringify(order) };
}

function start(databaseUrl: string, config: KafkaConfig): Promise<ServerProcess> {
  return startServerProcess({
    DUESTREAM_DATABASE_URL: databaseUrl,
    DUESTREAM_FEED: 'kafka',
    DUESTREAM_KAFKA_BROKERS: config.brokers.join(','),
    DUESTREAM_KAFKA_TOPIC_PREFIX: config.topicPrefix,
    DUESTREAM_KAFKA_PARTITIONS: String(config.partitions),
  });
}

/** How many answers there are, those to repeated messages included. */
function answerCounter({ brokers, topicPrefix }: KafkaConfig): () => Promise<number> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  return async () => {
    const admin = kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(`${topicPrefix}duestream.answers.v1`);
    await admin.disconnect();
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  };
}

/** Every message has its answer; one that came again has it more than once, under the same id. */
async function untilAllAnswered(door: KafkaDoor, expected: number): Promise<void> {
  const answers = await door.answersOf((ids) => ids.size >= expected);
  expect(new Set(answers.map(({ data }) => data.id)).size).toBe(expected);
  expect(answers.filter(({ data }) => data.status !== 'accepted' && data.status !== 'duplicate')).toEqual([]);
}

async function untilCaughtUp(servers: readonly ServerProcess[]): Promise<void> {
  await until(async () => {
    const metrics = await (await fetch(`${servers[0]?.url}/metrics`)).text();
    return /^duestream_read_model_lag_events 0$/m.test(metrics);
  });
}

/** In the read models, exactly the orders that were sent for the account. */
async function expectOrders(url: string, accountId: string, records: readonly SentRecord[]): Promise<void> {
  const own = records.filter(({ key, value }) => key === accountId && value !== POISON);
  const exposure = (await (await fetch(`${url}/v1/accounts/${accountId}/exposure`)).json()) as { total: string };
  expect({ accountId, total: exposure.total }).toEqual({ accountId, total: `${own.length}.00` });
  const state = (await (await fetch(`${url}/v1/accounts/${accountId}/state`)).json()) as {
    readonly revision: number;
    readonly orders: readonly unknown[];
  };
  expect(state.orders).toHaveLength(own.length);
  // Opened, limit, and for each order that it was placed and approved.
  expect(state.revision).toBe(2 + 2 * own.length - 1);
}

async function rebuild(url: string): Promise<RebuildResult> {
  return operation<RebuildResult>(url, 'rebuild');
}

async function operation<Result>(url: string, name: string): Promise<Result> {
  const text = await (await fetch(`${url}/v1/operations/${name}`, { method: 'POST' })).text();
  return (JSON.parse(text.trim().split('\n').at(-1) ?? '') as { readonly result: Result }).result;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
