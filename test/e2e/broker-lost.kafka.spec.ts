import { randomBytes } from 'node:crypto';
import { testKafkaConfig, until } from '@duestream/event-feed/testing';
import { createTestDatabase, describeWithKafka, startKafkaCluster, whyNoJava } from '@duestream/platform/testing';
import { KafkaDoor } from './support/kafka-door';
import { openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type TestServer } from './support/server';

const ACCOUNTS = 12;
const ORDERS_A_ROUND = 240;
const TIMEOUT_MS = 300_000;

describeWithKafka('a server on three brokers', () => {
  it(
    'loses no message and no answer when each broker is killed in the middle and comes back',
    async () => {
      // A broker that somebody else runs is not ours to kill.
      expect(await whyNoJava()).toBeNull();
      const cluster = await startKafkaCluster(3);
      const database = await createTestDatabase();
      const newPrefix = (): string => `t${randomBytes(6).toString('hex')}.`;
      const kafka = testKafkaConfig({ brokers: cluster.brokers, newPrefix }, { replication: 3, partitions: 3 });
      const server = await startTestServer(database.connectionString, {}, { feed: { kind: 'kafka', kafka } });
      try {
        const door = new KafkaDoor(kafka);
        await door.send(...range(ACCOUNTS).flatMap((n) => [openAccount(`C-${n}`), setLimit(`C-${n}`, '100000.00')]));
        for (const round of range(3)) {
          await door.send(...ordersOf(round).slice(0, ORDERS_A_ROUND / 2));
          await cluster.kill(round);
          await door.send(...ordersOf(round).slice(ORDERS_A_ROUND / 2));
          await cluster.restart(round);
        }
        const expected = 2 * ACCOUNTS + 3 * ORDERS_A_ROUND;
        const answers = await door.answersOf((ids) => ids.size >= expected);
        expect(answers.filter(({ data }) => data.status !== 'accepted' && data.status !== 'duplicate')).toEqual([]);
        await until(async () => (await lagOf(server)) === '0');
        for (const n of range(ACCOUNTS)) {
          const { json } = await server.get(`/v1/accounts/C-${n}/exposure`);
          expect(json).toMatchObject({ total: `${(3 * ORDERS_A_ROUND) / ACCOUNTS}.00` });
        }
        await until(async () => (await server.get('/health/ready')).status === 200);
      } finally {
        await server.close();
        await database.drop();
        await cluster.stop();
      }
    },
    TIMEOUT_MS,
  );
});

function ordersOf(round: number): readonly object[] {
  return range(ORDERS_A_ROUND).map((n) => {
    return { ...placeOrder(`C-${n % ACCOUNTS}`, `SO-${round}-${n}`, '1.00'), id: `order ${round}-${n}` };
  });
}

async function lagOf(server: TestServer): Promise<string | undefined> {
  const { text } = await server.get('/metrics');
  return /^duestream_read_model_lag_events (\d+)$/m.exec(text)?.[1];
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
