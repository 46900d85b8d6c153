import { Partitioners } from 'kafkajs';
import { InboundRecorder } from '@duestream/application';
import type { AccountId } from '@duestream/domain';
import { Intake, type KafkaConnection } from '@duestream/event-feed';
import { openEngine } from '../decisions/engine';
import { accountAt, orderMessage } from '../http/bodies';
import type { Figure } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds } from '../support/orders';
import { withBroker } from './broker';

const ACCOUNTS = 10_000;
const PER_SEND = 2_000;
/** The first part is not counted: code and caches are cold. */
const WARM_UP_SHARE = 0.25;
const DECISIONS_SQL = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;

/** A full topic through the intake into the store: decided, durable and answered. Alone in its process, as the role is. */
export function intakeRate(lab: Lab): Promise<readonly Figure[]> {
  const orders = lab.quick ? 4_000 : 120_000;
  return withBroker(lab, (connection) =>
    lab.withDatabase(async (database) => {
      const engine = await openEngine(database);
      try {
        const accounts = accountIds(ACCOUNTS);
        await engine.open(accounts);
        await fill(connection, accounts, orders);
        const rate = await takeIn(connection, new InboundRecorder(engine.processor), orders, (text) => lab.note(text));
        await assertCount(database, 'Kafka intake', DECISIONS_SQL, orders);
        await assertAnswered(connection, orders);
        return [{ name: 'Kafka intake', value: rate, unit: 'decisions/s', goal: { atLeast: 10_000 } }];
      } finally {
        await engine.close();
      }
    }),
  );
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

/** Decisions a second from the end of the warm-up to the last answer. */
async function takeIn(
  { kafka, topics, config }: KafkaConnection,
  handler: InboundRecorder,
  orders: number,
  note: (text: string) => void,
): Promise<number> {
  const warmUp = Math.round(orders * WARM_UP_SHARE);
  let [answered, warmMs] = [0, 0];
  let intake: Intake | null = null;
  try {
    await new Promise<void>((resolve, reject) => {
      intake = new Intake({
        kafka,
        topics,
        groupPrefix: config.topicPrefix,
        maxMessageBytes: config.maxMessageBytes,
        handler,
        concurrency: config.partitions,
        // A new group is not there at once; the intake tries again by itself.
        onError: ({ message }) => note(`         ${message}`),
        observer: {
          answered: ({ status, orderStatus }) => {
            if (status !== 'accepted' || orderStatus !== 'approved') reject(new Error(`an order was ${status}`));
            answered += 1;
            if (answered === warmUp) warmMs = performance.now();
            if (answered === orders) resolve();
          },
          deadLetter: ({ detail }) => reject(new Error(detail)),
          rested: reject,
        },
      });
    });
    return ((orders - warmUp) * 1_000) / (performance.now() - warmMs);
  } finally {
    await stop(intake);
  }
}

async function stop(intake: Intake | null): Promise<void> {
  await intake?.stop();
}

async function assertAnswered({ kafka, topics }: KafkaConnection, orders: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topics.answers);
    const found = offsets.reduce((sum, { high }) => sum + Number(high), 0);
    if (found !== orders) throw new Error(`Kafka intake: ${orders} were sent, the topic has ${found} answers`);
  } finally {
    await admin.disconnect();
  }
}
