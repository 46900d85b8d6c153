import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findTestKafka } from '@duestream/platform/testing';
import { trade } from '../../../apps/cli/src/demo/company';
import type { Answered } from '../same-answers/doors';
import { differencesOf, gatherEvidence, sumOf } from '../same-answers/evidence';
import { legsOf, nameOf, startLeg, type RunningLeg, type Surroundings } from '../same-answers/legs';
import { randomMessages, TODAY } from '../same-answers/message-file';
import { embeddedDatabase } from '../support/database';
import type { Message } from '../support/ledger';
import { pagesOf, proveIntact } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { until } from '../support/wait';

const CAUGHT_UP_MS = 600_000;

export const sameAnswers: Scenario = {
  name: 'same-answers',
  promise:
    'one file of random messages through every store, feed and door: answers, histories and read models the same',
  needs: 'kafka',
  run: (run) => throughEveryLeg(run, (running) => sendRandom(run, running)),
};

/** Of the whole company the short form sends the first weeks. */
export const sameCompany: Scenario = {
  name: 'same-company',
  promise: "the same for the messages of the demo's company",
  needs: 'kafka',
  run: (run) => throughEveryLeg(run, (running) => sendCompany(run, running)),
};

/** Makes the message file by sending it a first time. */
type FirstSending = (running: RunningLeg) => Promise<{ readonly file: readonly Message[]; readonly answered: readonly Answered[] }>; // prettier-ignore

async function throughEveryLeg(run: Run, first: FirstSending): Promise<void> {
  const broker = await findTestKafka();
  if (broker === null) throw new Error('there is no Kafka broker');
  const postgres = await embeddedDatabase(run);
  try {
    await compareLegs(run, { postgres, brokers: broker.brokers, eventStoreDbUrl: realServer(run) }, first);
  } finally {
    await postgres.stop();
    await broker.stop();
  }
}

function realServer(run: Run): string | null {
  const url = process.env['DUESTREAM_TEST_EVENTSTOREDB_URL'] ?? '';
  if (url === '') run.say('NOT RUN: EventStoreDB server (DUESTREAM_TEST_EVENTSTOREDB_URL)');
  return url === '' ? null : url;
}

async function compareLegs(run: Run, around: Surroundings, first: FirstSending): Promise<void> {
  let file: readonly Message[] = [];
  const folderOf = (number: number): string => path.join(run.folder, `leg-${number}`);
  const folderOfFirst = folderOf(0);
  for (const [number, leg] of legsOf(around).entries()) {
    const startedMs = performance.now();
    const folder = folderOf(number);
    const sending: FirstSending =
      number === 0 ? first : async ({ door }) => ({ file, answered: await door.send(file) });
    file = await takeLeg(run, await startLeg(run, leg, number, around), sending, folder);
    const { hash, lines } = await sumOf(folder);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    run.count(nameOf(leg), `${lines} lines, SHA-256 ${hash.slice(0, 16)}…, ${seconds} s`);
    run.say(`${nameOf(leg)}: done`);
    if (number === 0) continue;
    const differences = await differencesOf(folderOfFirst, folder);
    run.must('every leg says the same', differences.length === 0, () => `${nameOf(leg)}: ${differences.join('; ')}`);
    if (differences.length === 0) await rm(folder, { recursive: true });
  }
}

async function takeLeg(
  run: Run,
  running: RunningLeg,
  sending: FirstSending,
  folder: string,
): Promise<readonly Message[]> {
  try {
    const { file, answered } = await sending(running);
    run.count('messages', file.length);
    run.must('one answer per message', answered.length === file.length, () => `${answered.length} of ${file.length}`);
    await untilCaughtUp(running);
    await gatherEvidence(folder, { ...running, answered });
    await proveIntact(run, running.http);
    return file;
  } finally {
    await running.close();
  }
}

async function sendRandom(run: Run, { door }: RunningLeg): ReturnType<FirstSending> {
  const file = randomMessages(run.random, run.size(700, 50_000));
  return { file, answered: await door.send(file) };
}

/** What the company sends depends on what it is answered. */
async function sendCompany(run: Run, running: RunningLeg): ReturnType<FirstSending> {
  const file: Message[] = [];
  const answered: Answered[] = [];
  const most = run.size(1_000, Number.POSITIVE_INFINITY);
  const door: Parameters<typeof trade>[0] = {
    send: async (sent) => {
      // The demo writes them as any upstream system does.
      const messages = sent.slice(0, most - file.length) as readonly Message[];
      file.push(...messages);
      const its = await running.door.send(messages);
      answered.push(...its);
      return its.map(({ answer }) => answer);
    },
    heldOrders: () => heldOrders(running),
  };
  await trade(door, TODAY as Parameters<typeof trade>[1], () => undefined);
  return { file, answered };
}

async function heldOrders(running: RunningLeg): Promise<{ accountId: string; orderId: string }[]> {
  await untilCaughtUp(running);
  const held: { accountId: string; orderId: string }[] = [];
  const address = '/v1/holds?limit=1000';
  for await (const one of pagesOf<{ accountId: string; orderId: string }>(running.http, address)) held.push(one);
  return held;
}

async function untilCaughtUp({ http }: RunningLeg): Promise<void> {
  await until(
    'read models that have caught up',
    async () => {
      const { text } = await http.get('/metrics');
      return /^duestream_read_model_lag_events 0$/m.test(text) ? true : undefined;
    },
    { everyMs: 50, withinMs: CAUGHT_UP_MS },
  );
}
