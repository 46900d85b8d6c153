import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Partitioners, type Admin } from 'kafkajs';
import type { AccountId } from '@duestream/domain';
import type { KafkaConnection } from '@duestream/event-feed';
import { openEngine } from '../decisions/engine';
import { accountAt, orderMessage } from '../http/bodies';
import { startProcess, type ServerProcess } from '../http/server-process';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds } from '../support/orders';
import { withBroker } from './broker';

const ACCOUNTS = 10_000;
const PER_SEND = 2_000;
/** Not counted before so many are answered: code and caches are cold. What is answered while the topic fills isn't either. */
const WARM_UP_SHARE = 0.25;
const POLL_MS = 20;
const DECISIONS_SQL = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;

/** A full topic through intakes into the store: decided, durable and answered. By one process, and by one a core. */
export async function intakeRate(lab: Lab): Promise<readonly Figure[]> {
  const alone = await withIntakes(lab, 1, (rate) => ({
    name: 'Kafka intake, one process',
    value: rate,
    unit: 'decisions/s',
  }));
  const together = await withIntakes(lab, 2, (rate) => ({
    name: 'Kafka intake, two processes',
    value: rate,
    unit: 'decisions/s',
    goal: { atLeast: 10_000 },
  }));
  return [...alone, ...together];
}

function withIntakes(lab: Lab, intakes: number, figure: (rate: number) => Figure): Promise<readonly Figure[]> {
  const orders = lab.quick ? 4_000 : 120_000 * intakes;
  return withBroker(lab, (connection) =>
    lab.withDatabase(async (database) => {
      const accounts = accountIds(ACCOUNTS);
      const engine = await openEngine(database);
      await engine.open(accounts).finally(() => engine.close());
      const processes = await startIntakes(intakes, connection, database, lab);
      try {
        await fill(connection, accounts, orders);
        const rate = await answeredPerSecond(connection, orders);
        await assertCount(database, 'Kafka intake', DECISIONS_SQL, orders);
        await assertShared(processes, orders);
        return [figure(rate)];
      } finally {
        await Promise.all(processes.map((one) => one.stop()));
      }
    }),
  );
}

/** The role's own program. */
function startIntakes(
  count: number,
  { config }: KafkaConnection,
  database: string,
  lab: Lab,
): Promise<readonly ServerProcess[]> {
  const start = async (): Promise<ServerProcess> =>
    startProcess('apps/intake/main.js', {
      DUESTREAM_DATABASE_URL: database,
      DUESTREAM_DATA_DIR: await mkdtemp(path.join(lab.folder, 'intake-')),
      DUESTREAM_PORT: '0',
      DUESTREAM_LOG_LEVEL: 'warn',
      DUESTREAM_FEED: 'kafka',
      DUESTREAM_KAFKA_BROKERS: config.brokers.join(','),
      DUESTREAM_KAFKA_TOPIC_PREFIX: config.topicPrefix,
      DUESTREAM_KAFKA_PARTITIONS: String(config.partitions),
    });
  return Promise.all(Array.from({ length: count }, start));
}

async function fill({ kafka, topics }: KafkaConnection, accounts: readonly AccountId[], orders: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (let first = 0; first < orders; first += PER_SEND) {
      const messages = Array.from({ length: Math.min(PER_SEND, orders - first) }, (_, index) => {
        const key = accountAt(accounts, first + index);
        return { key, value: orderMessage(key, first + index) };
      });
      await producer.send({ topic: topics.inbound, acks: -1, messages });
    }
  } finally {
    await producer.disconnect();
  }
}

/** Answers a second from the end of the warm-up to the last one, by the ends of the topic's partitions. */
async function answeredPerSecond({ kafka, topics }: KafkaConnection, orders: number): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const warm = await whenAnswered(admin, topics.answers, Math.round(orders * WARM_UP_SHARE));
    const all = await whenAnswered(admin, topics.answers, orders);
    if (all.answers !== orders) throw new Error(`Kafka intake: ${orders} orders have ${all.answers} answers`);
    return ((all.answers - warm.answers) * 1_000) / (all.ms - warm.ms);
  } finally {
    await admin.disconnect();
  }
}

async function whenAnswered(
  admin: Admin,
  topic: string,
  wanted: number,
): Promise<{ readonly answers: number; readonly ms: number }> {
  for (;;) {
    const offsets = await admin.fetchTopicOffsets(topic);
    const answers = offsets.reduce((sum, { high }) => sum + Number(high), 0);
    if (answers >= wanted) return { answers, ms: performance.now() };
    await sleep(POLL_MS);
  }
}

/** Every one of them had its part, and all orders were accepted. */
async function assertShared(processes: readonly ServerProcess[], orders: number): Promise<void> {
  const answered = await Promise.all(processes.map(acceptedBy));
  const least = orders / processes.length / 4;
  if (answered.reduce((sum, one) => sum + one, 0) !== orders || answered.some((one) => one < least)) {
    throw new Error(`Kafka intake: of ${orders} orders the processes accepted ${answered.join(' and ')}`);
  }
}

async function acceptedBy({ url }: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^duestream_intake_answers_total\{status="accepted"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
