import type { AccountId, CommandOf } from '@duestream/domain';
import { emmett } from '../baselines/emmett';
import { multiRowInsert } from '../baselines/multi-row-insert';
import { rowLocking } from '../baselines/row-locking';
import { closedLoop, perSecond } from '../support/closed-loop';
import { median, type Figure, type Goal } from '../support/figure';
import { assertCount, type Lab } from '../support/lab';
import { accountIds, orders } from '../support/orders';
import type { Rival, StoredDecision } from '../support/rival';
import { openEngine } from './engine';
import { sampleDecision } from './sample';

const WAITING = 32;
const DECISIONS_SQL = `SELECT count(*) FROM store.events WHERE type = 'credit.approved.v1'`;

/** Durable decisions by the engine and by two others, turn and turn about; the ratios are of medians. */
export async function decisionRatios(lab: Lab): Promise<readonly Figure[]> {
  return [
    ...(await against(lab, 'one hot account', 1, { rowLocking: 15, emmett: 300 })),
    ...(await against(lab, '10 000 accounts', 10_000, { rowLocking: 6, emmett: 8 })),
    ...(await againstInsert(lab, await sampleDecision(lab))),
  ];
}

async function against(
  lab: Lab,
  where: string,
  accountCount: number,
  goals: { readonly rowLocking: number; readonly emmett: number },
): Promise<readonly Figure[]> {
  const accounts = accountIds(accountCount);
  const [ours, locking, theirs]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < (lab.quick ? 1 : 3); turn += 1) {
    ours.push(await engineRate(lab, accounts, WAITING));
    locking.push(await rivalRate(lab, accounts, rowLocking));
    theirs.push(await rivalRate(lab, accounts, emmett));
  }
  const rate = (name: string, values: readonly number[]): Figure => ({
    name: `${where}: ${name}`,
    value: median(values),
    unit: 'decisions/s',
  });
  const ratio = (name: string, rival: readonly number[], goal: Goal): Figure => ({
    name: `${where}: engine ÷ ${name}`,
    value: median(ours) / median(rival),
    unit: 'times',
    goal,
  });
  return [
    rate('engine', ours),
    rate('row locking', locking),
    rate('Emmett', theirs),
    ratio('row locking', locking, { atLeast: goals.rowLocking }),
    ratio('Emmett', theirs, { atLeast: goals.emmett }),
  ];
}

async function againstInsert(lab: Lab, sample: StoredDecision): Promise<readonly Figure[]> {
  const [ours, inserted]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < (lab.quick ? 1 : 3); turn += 1) {
    ours.push(2 * (await engineRate(lab, accountIds(10_000), 1_024)));
    inserted.push(
      await lab.withDatabase(async (database) => {
        const result = await multiRowInsert(database, sample, seconds(lab));
        await assertCount(database, 'multi-row INSERT', 'SELECT count(*) FROM events', result.done);
        return perSecond(result);
      }),
    );
  }
  return [
    { name: '1 024 waiting: engine', value: median(ours), unit: 'events/s' },
    { name: '1 024 waiting: multi-row INSERT', value: median(inserted), unit: 'events/s' },
    {
      name: '1 024 waiting: engine ÷ multi-row INSERT',
      value: median(ours) / median(inserted),
      unit: 'times',
      goal: { atLeast: 0.5 },
    },
  ];
}

function engineRate(lab: Lab, accounts: readonly AccountId[], waiting: number): Promise<number> {
  return lab.withDatabase(async (database) => {
    const engine = await openEngine(database);
    try {
      await engine.open(accounts);
      const next = orders(accounts);
      const once = (): Promise<boolean> => engine.decide(next.next().value);
      const warmUp = await closedLoop(waiting, lab.quick ? 0.3 : 1, once);
      const result = await closedLoop(waiting, seconds(lab), once);
      assertAllApproved(warmUp.failed + result.failed);
      await assertCount(database, 'engine', DECISIONS_SQL, warmUp.done + result.done);
      return perSecond(result);
    } finally {
      await engine.close();
    }
  });
}

function rivalRate(
  lab: Lab,
  accounts: readonly AccountId[],
  open: (connectionString: string) => Promise<Rival>,
): Promise<number> {
  return lab.withDatabase(async (database) => {
    const rival = await open(database);
    try {
      await rival.open(accounts);
      const next = orders(accounts);
      const once = (): Promise<boolean> => rival.decide(next.next().value.command as CommandOf<'order.placed.v1'>);
      const warmUp = await closedLoop(WAITING, lab.quick ? 0.3 : 1, once);
      const result = await closedLoop(WAITING, seconds(lab), once);
      await assertCount(database, rival.name, rival.countSql, warmUp.done + result.done);
      return perSecond(result);
    } finally {
      await rival.close();
    }
  });
}

function assertAllApproved(failed: number): void {
  if (failed > 0) throw new Error(`${failed} orders were not approved, though every one fits its limit`);
}

function seconds(lab: Lab): number {
  return lab.quick ? 0.5 : 4;
}
