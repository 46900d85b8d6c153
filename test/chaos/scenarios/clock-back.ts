import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CreditDecision } from '@duestream/domain';
import { signal } from '../support/processes';
import { publicEvents } from '../support/proof';
import type { Run, Scenario } from '../support/run';
import { underLoad, type UnderLoad } from '../support/under-load';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const clockBack: Scenario = {
  name: 'clock-back',
  promise:
    'the clock set back an hour, across midnight: recordedAt never decreases, decisions keep their business date',
  run: async (run) => {
    const clockFile = path.join(run.folder, 'clock');
    // Half past midnight of tomorrow: an hour back is another day.
    const halfPast = (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS + HOUR_MS / 2 - Date.now();
    await writeFile(clockFile, String(halfPast));
    const preload = path.join(__dirname, '../support/movable-clock.cjs');
    const env = { CHAOS_CLOCK_FILE: clockFile };
    await underLoad(run, (parts) => setBack(run, parts, clockFile, halfPast), { preload, env });
  },
};

async function setBack(run: Run, parts: UnderLoad, clockFile: string, halfPast: number): Promise<void> {
  const { server, ledger } = parts;
  const [today, tomorrow] = [dayOf(Date.now()), dayOf(Date.now() + DAY_MS)];
  const each = run.isShort ? 1_000 : 15_000;
  for (const [offsetMs, businessDate] of [
    [halfPast, tomorrow],
    [halfPast - HOUR_MS, today],
    [halfPast, tomorrow],
  ] as const) {
    await writeFile(clockFile, String(offsetMs));
    signal(server.pid, 'SIGUSR2');
    await delay(each);
    await ledger.nextSentAfter(performance.now());
    mustDecideAsOf(run, parts, businessDate);
  }
  await parts.load.finish();
  await mustKeepDates(run, parts);
}

function mustDecideAsOf(run: Run, { ledger }: UnderLoad, businessDate: string): void {
  const last = ledger.entries.findLast(({ answer }) => answer.decision !== undefined)?.answer.decision;
  run.must('a decision is of the business date of its moment', last?.businessDate === businessDate, () => {
    return `${last?.businessDate} instead of ${businessDate}`;
  });
}

/** What the events say of a decision is what was answered then; instants go forward whatever the clock did. */
async function mustKeepDates(run: Run, { server, ledger, load }: UnderLoad): Promise<void> {
  const answered = new Map<string, string>();
  for (const { message, answer } of ledger.entries) {
    const { orderId } = message.data as { orderId?: string };
    const date = answer.decision?.businessDate;
    if (message.type === 'order.placed.v1' && orderId !== undefined && date !== undefined) answered.set(orderId, date);
  }
  const seen: Record<string, number> = {};
  let atOneInstant = 0;
  for (const accountId of load.accounts) {
    let last = '';
    for await (const { data, recordedAt } of publicEvents(server.http, accountId)) {
      run.must('recordedAt never decreases within an account', recordedAt >= last, () => `${accountId} ${recordedAt}`);
      if (recordedAt === last) atOneInstant += 1;
      last = recordedAt;
      const { orderId, decision, trigger } = data as { orderId?: string; decision?: CreditDecision; trigger?: string };
      if (trigger !== 'placed' || orderId === undefined || decision === undefined) continue;
      const { businessDate } = decision;
      seen[businessDate] = (seen[businessDate] ?? 0) + 1;
      run.must(
        'a decision keeps the business date it was given',
        answered.get(orderId) === businessDate,
        () => orderId,
      );
    }
  }
  run.count('decisions by business date', JSON.stringify(seen));
  run.count('events at the instant of the one before', atOneInstant);
}

function dayOf(millis: number): string {
  return new Date(millis).toISOString().slice(0, 10);
}
