import { setTimeout as delay } from 'node:timers/promises';
import type { Message as KafkaRecord } from 'kafkajs';
import { connectKafka, DeadLetterBox, type KafkaConnection } from '@duestream/event-feed';
import { testKafkaConfig } from '@duestream/event-feed/testing';
import { findTestKafka } from '@duestream/platform/testing';
import type { Message } from '../support/ledger';
import { proveNothingLost } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { ServerProcess } from '../support/server';
import { euros, message } from '../support/traffic';
import { UpstreamSystem } from '../support/upstream-system';

const ACCOUNTS = Array.from({ length: 40 }, (_, n) => `C-${n}`);
const POISON_EVERY = 100;
const PER_SECOND = 300;
const SEND_EVERY_MS = 10;
/** A clean round and a poisoned one, by turns, so that the machine's moods fall on both. */
const ROUNDS = 8;
const SHORT_ROUNDS = 2;
const MOST_DELAYED = 1.5;

export const poison: Scenario = {
  name: 'poison',
  promise: '1 % of the inbound topic is poison: all parked with their reason, healthy ones not delayed',
  needs: 'kafka',
  run: async (run) => {
    const broker = await findTestKafka();
    if (broker === null) throw new Error('there is no Kafka broker');
    const config = testKafkaConfig({ brokers: broker.brokers, newPrefix: () => `poison-${Date.now()}.` });
    const server = await ServerProcess.of(run, {
      env: {
        DUESTREAM_FEED: 'kafka',
        DUESTREAM_KAFKA_BROKERS: config.brokers.join(','),
        DUESTREAM_KAFKA_TOPIC_PREFIX: config.topicPrefix,
        DUESTREAM_KAFKA_PARTITIONS: String(config.partitions),
      },
    });
    try {
      const connection = await connectKafka(config, () => undefined);
      await server.start();
      await Promise.race([poisonIt(run, server, connection), server.lost]);
    } finally {
      await server.stop();
      await broker.stop();
    }
  },
};

async function poisonIt(run: Run, server: ServerProcess, connection: KafkaConnection): Promise<void> {
  const system = await UpstreamSystem.connect(connection);
  try {
    const each = run.size(300, 6_000);
    await system.send(opening());
    await system.untilAnswered();
    await warmUp(system, each);
    const waits = { clean: [] as number[], poisoned: [] as number[] };
    let parked = 0;
    for (let round = 0; round < (run.isShort ? SHORT_ROUNDS : ROUNDS); round += 1) {
      const isPoisoned = round % 2 === 1;
      const { healthy, poisonous } = await sendRound(system, round, each, isPoisoned);
      await system.untilAnswered();
      (isPoisoned ? waits.poisoned : waits.clean).push(...healthy.map((id) => system.waitOf(id)));
      parked += poisonous;
    }
    compareWaits(run, waits);
    await mustBeParked(run, connection, parked);
    run.must('every healthy message is accepted, and answered once', system.isAllWell(), () => system.oddities());
    await proveNothingLost(run, server.http, system.acknowledged(), ACCOUNTS);
  } finally {
    await system.disconnect();
  }
}

function opening(): readonly Message[] {
  return ACCOUNTS.flatMap((subject) => [
    message('poison', `open ${subject}`, 'account.opened.v1', subject, { name: subject, currency: 'EUR' }),
    message('poison', `limit ${subject}`, 'limit.set.v1', subject, {
      amount: euros('900000.00'),
      validFrom: '2020-01-01',
    }),
  ]);
}

async function warmUp(system: UpstreamSystem, count: number): Promise<void> {
  await system.send(Array.from({ length: count }, (_, n) => orderOf('warm', n)));
  await system.untilAnswered();
}

function orderOf(round: number | string, n: number): Message {
  const id = `${round}-${n}`;
  const data = { orderId: `SO-${id}`, amount: euros('1.00'), orderDate: '2026-03-02' };
  return message('poison', id, 'order.placed.v1', ACCOUNTS[n % ACCOUNTS.length] ?? '', data);
}

/** Each at its time, whether those before were answered or not. */
async function sendRound(
  system: UpstreamSystem,
  round: number,
  count: number,
  isPoisoned: boolean,
): Promise<{ readonly healthy: readonly string[]; readonly poisonous: number }> {
  const startedMs = performance.now();
  const healthy: string[] = [];
  let [sent, poisonous] = [0, 0];
  while (sent < count) {
    const due = Math.min(count, Math.floor(((performance.now() - startedMs) / 1_000) * PER_SECOND));
    const messages: Message[] = [];
    const foul: KafkaRecord[] = [];
    for (; sent < due; sent += 1) {
      if (isPoisoned && sent % POISON_EVERY === 0) foul.push(poisonOf(poisonous++));
      const order = orderOf(round, sent);
      messages.push(order);
      healthy.push(order.id);
    }
    // What is foul stands before what must not wait for it.
    await system.send(messages, foul);
    await delay(SEND_EVERY_MS);
  }
  return { healthy, poisonous };
}

/** Everything that nobody could be answered for, in all partitions. */
function poisonOf(n: number): KafkaRecord {
  const key = ACCOUNTS[(n * 7) % ACCOUNTS.length] ?? '';
  const other = JSON.stringify(orderOf('foul', n + 1));
  const kinds: readonly KafkaRecord[] = [
    { key, value: 'this is no message' },
    { key, value: Buffer.from([0x22, 0xff, 0x22]) },
    { key, value: '[1, 2]' },
    { key, value: null },
    { key: `not ${key}`, value: other },
    { key, value: '{"specversion":"0.3"}' },
    { key, value: '{'.repeat(50_000) },
  ];
  return kinds[n % kinds.length] ?? { key, value: null };
}

function compareWaits(run: Run, waits: { readonly clean: number[]; readonly poisoned: number[] }): void {
  const clean = run.durations('waiting of healthy ones, no poison', waits.clean);
  const poisoned = run.durations('waiting of healthy ones, 1 % poison', waits.poisoned);
  const ratio = poisoned.median / Math.max(1, clean.median);
  run.count('waiting with poison ÷ without, median', ratio.toFixed(2));
  run.aim(`healthy ones wait at most ${MOST_DELAYED} times as long`, ratio <= MOST_DELAYED, ratio.toFixed(2));
}

async function mustBeParked(run: Run, { kafka, topics, config }: KafkaConnection, count: number): Promise<void> {
  const letters = await new DeadLetterBox(kafka, topics, config.maxMessageBytes).list();
  run.must('all poison is parked, once', letters.length === count, () => `${letters.length} of ${count}`);
  const mute = letters.filter(({ reason, detail }) => reason === '' || detail === '');
  run.must('each with its reason', mute.length === 0, () => JSON.stringify(mute.slice(0, 3)));
  const reasons = new Map<string, number>();
  for (const { reason } of letters) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  run.count('parked, by reason', JSON.stringify(Object.fromEntries(reasons)));
}
