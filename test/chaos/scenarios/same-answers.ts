import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findTestKafka } from '@duestream/platform/testing';
import { trade } from '../../../apps/cli/src/demo/company';
import type { Answered } from '../same-answers/doors';
import { differencesOf, gatherEvidence, sumOf } from '../same-answers/evidence';
import { legsOf, nameOf, startLeg, type Leg, type RunningLeg, type Surroundings } from '../same-answers/legs';
import { randomMessages, TODAY } from '../same-answers/message-file';
import { embeddedDatabase } from '../support/database';
import type { Message } from '../support/ledger';
import { pagesOf, proveIntact } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { until } from '../support/wait';

const CAUGHT_UP_MS = 600_000;

export const sameAnswers: Scenario = {
  name: 'same-answers',
  promise: 'one message file through every store, feed and door: answers, histories and read models the same',
  needs: 'kafka',
  run: async (run) => {
    const broker = await findTestKafka();
    if (broker === null) throw new Error('there is no Kafka broker');
    const postgres = await embeddedDatabase(run);
    try {
      await compareLegs(run, { postgres, brokers: broker.brokers, eventStoreDbUrl: realServer(run) });
    } finally {
      await postgres.stop();
      await broker.stop();
    }
  },
};

function realServer(run: Run): string | null {
  const url = process.env['DUESTREAM_TEST_EVENTSTOREDB_URL'] ?? '';
  if (url === '') run.say('NOT RUN: EventStoreDB server (DUESTREAM_TEST_EVENTSTOREDB_URL)');
  return url === '' ? null : url;
}

async function compareLegs(run: Run, around: Surroundings): Promise<void> {
  const file: Message[] = [];
  const folderOf = (number: number): string => path.join(run.folder, `leg-${number}`);
  for (const [number, leg] of legsOf(around).entries()) {
    const startedMs = performance.now();
    await takeLeg(run, leg, number, around, file, folderOf(number));
    const { hash, lines } = await sumOf(folderOf(number));
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    run.count(nameOf(leg), `${lines} lines, SHA-256 ${hash.slice(0, 16)}…, ${seconds} s`);
    if (number === 0) continue;
    const differences = await differencesOf(folderOf(0), folderOf(number));
    run.must(
      'every leg says the same',
      differences.length === 0,
      () => `${nameOf(leg)}: ${differences.join('\n    ')}`,
    );
    if (differences.length === 0) await rm(folderOf(number), { recursive: true });
  }
}

async function takeLeg(
  run: Run,
  leg: Leg,
  number: number,
  around: Surroundings,
  file: Message[],
  folder: string,
): Promise<void> {
  const running = await startLeg(run, leg, number, around);
  try {
    const answered = number === 0 ? await record(run, running, file) : await running.door.send(file);
    run.must('one answer per message', answered.length === file.length, () => `${answered.length} of ${file.length}`);
    await untilCaughtUp(running);
    await gatherEvidence(folder, { ...running, answered });
    await proveIntact(run, running.http);
    run.say(`${nameOf(leg)}: done`);
  } finally {
    await running.close();
  }
}

/** The first leg also makes the file: what the demo's company sends depends on what it is answered. */
async function record(run: Run, running: RunningLeg, file: Message[]): Promise<readonly Answered[]> {
  file.push(...randomMessages(run.random, run.size(700, 50_000)));
  run.count('random messages', file.length);
  const answered = [...(await running.door.send(file))];
  if (run.isShort) return answered;
  const { messages } = await trade(
    {
      send: async (sent) => {
        // The demo writes them as any upstream system does.
        file.push(...(sent as readonly Message[]));
        const its = await running.door.send(sent as readonly Message[]);
        answered.push(...its);
        return its.map(({ answer }) => answer);
      },
      heldOrders: () => heldOrders(running),
    },
    TODAY as Parameters<typeof trade>[1],
    () => undefined,
  );
  run.count("messages of the demo's company", messages);
  return answered;
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
