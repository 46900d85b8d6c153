import { STATE_SCHEMA, type AccountId } from '@duestream/domain';
import { chainHash, openEvent, PostgresEventStore, splitHash } from '@duestream/event-store';
import { useTestDatabase } from '@duestream/platform/testing';
import { Client } from 'pg';
import { limitOf, opened, order } from '../testing/messages';
import { testProcessor, type TestProcessor } from '../testing/processor';
import type { Answer } from './requests';
import { SILENT_OBSERVER } from './observer';

const database = useTestDatabase();

interface Node {
  readonly store: PostgresEventStore;
  readonly processor: TestProcessor;
}

/** As many processes as asked, each with its own connections and cache. */
async function withNodes(
  count: number,
  work: (nodes: readonly Node[], seen: string[]) => Promise<void>,
): Promise<void> {
  const nodes: Node[] = [];
  const seen: string[] = [];
  const observer = {
    ...SILENT_OBSERVER,
    conflicted: () => seen.push('conflict'),
    repeated: (reason: string) => seen.push(reason),
  };
  try {
    for (let n = 0; n < count; n += 1) {
      const store = await PostgresEventStore.open({ connectionString: database().connectionString });
      nodes.push({
        store,
        processor: testProcessor(store, { observer, limits: { snapshotEvery: 50, maxDelayMs: 50 } }),
      });
    }
    await work(nodes, seen);
  } finally {
    for (const { processor, store } of nodes) {
      await processor.close();
      await store.close();
    }
  }
}

const statusOf = (answer: Answer): string => ('orderStatus' in answer ? (answer.orderStatus ?? '') : answer.status);
const approvedIn = (answers: readonly Answer[]): number =>
  answers.filter((answer) => statusOf(answer) === 'approved').length;

describe('on PostgreSQL', () => {
  it('two processors that hammer one account approve exactly what fits, and every event is there once', async () => {
    await withNodes(2, async (nodes, seen) => {
      const account = 'HOT' as AccountId;
      await nodes[0]?.processor.submit(opened(account));
      await nodes[0]?.processor.submit(limitOf('150.00', account));
      const rounds = Array.from({ length: 30 }, (_, round) => round);
      const answers: Answer[] = [];
      for (const round of rounds) {
        const sent = nodes.map(({ processor }, n) =>
          Promise.all(processor.submitAll([0, 1, 2, 3, 4].map((k) => order(`SO-${round}-${n}-${k}`, '1.00', account)))),
        );
        answers.push(...(await Promise.all(sent)).flat());
      }
      expect(approvedIn(answers)).toBe(150);
      expect(answers).toHaveLength(300);
      expect(seen).toContain('conflict');
      const events = (await nodes[0]?.store.readStream(`account-${account}`, { limit: 1_000 })) ?? [];
      expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 602 }, (_, revision) => revision));
      expect(new Set(events.map(({ id }) => id)).size).toBe(602);
    });
  });

  it('of the same message sent to two processors at once one takes effect, and both answer what that gave', async () => {
    await withNodes(2, async (nodes) => {
      const [first, second] = nodes;
      if (first === undefined || second === undefined) throw new Error('two nodes were asked for');
      const account = 'TWICE' as AccountId;
      await first.processor.submit(opened(account));
      await first.processor.submit(limitOf('100.00', account));
      for (let round = 0; round < 40; round += 1) {
        const request = order(`SO-${round}`, '90.00', account);
        const observed = { ...request, context: { ...request.context, enforcement: 'observe' as const } };
        const answers = await Promise.all([first.processor.submit(request), second.processor.submit(observed)]);
        expect(answers.map(({ status }) => status).sort()).toEqual(['accepted', 'duplicate']);
        expect(new Set(answers.map(statusOf)).size).toBe(1);
      }
      let previous: string | null = null;
      for (const stored of await first.store.readStream(`account-${account}`, { limit: 1_000 })) {
        const parts = splitHash(stored.metadata);
        expect(chainHash(previous, { ...stored, metadata: parts?.metadata ?? '' })).toBe(parts?.hash);
        previous = parts?.hash ?? null;
      }
    });
  });

  it('a processor started anew goes on from snapshot and tail as the one before would have', async () => {
    const account = 'LONG' as AccountId;
    const orders = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => order(`SO-${from + n}`, '1.00', account));
    await withNodes(1, async ([node]) => {
      await Promise.all(
        node?.processor.submitAll([opened(account), limitOf('100.00', account), ...orders(0, 90)]) ?? [],
      );
    });
    await withNodes(1, async ([node]) => {
      const snapshot = await node?.store.loadSnapshot(`account-${account}`, STATE_SCHEMA);
      expect(snapshot?.revision).toBeGreaterThan(50);
      const answers = await Promise.all(node?.processor.submitAll(orders(85, 105)) ?? []);
      expect(answers.map(statusOf)).toEqual(Array.from({ length: 20 }, (_, n) => (n < 15 ? 'approved' : 'held')));
      expect(answers.slice(0, 5).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
    });
  });

  it('connections that are cut again and again lose nothing, double nothing and leave no command unanswered', async () => {
    await withNodes(2, async (nodes, seen) => {
      const accounts = Array.from({ length: 8 }, (_, n) => `CUT-${n}` as AccountId);
      for (const account of accounts) {
        await nodes[0]?.processor.submit(opened(account));
        await nodes[0]?.processor.submit(limitOf('40.00', account));
      }
      const cutter = await startCutting();
      const answers = await Promise.all(
        accounts.flatMap((account) =>
          nodes.map(async ({ processor }, n) => {
            const given: Answer[] = [];
            for (let k = 0; k < 30; k += 1) {
              given.push(await persistently(() => processor.submit(order(`SO-${n}-${k}`, '1.00', account))));
            }
            return { account, given };
          }),
        ),
      ).finally(() => cutter.stop());
      for (const account of accounts) {
        const given = answers.filter((one) => one.account === account).flatMap((one) => one.given);
        expect([account, given.length, approvedIn(given)]).toEqual([account, 60, 40]);
        const events = (await nodes[0]?.store.readStream(`account-${account}`, { limit: 1_000 })) ?? [];
        const types = events.map((event) => openEvent(event).recorded.type);
        expect(types.filter((type) => type === 'order.placed.v1')).toHaveLength(60);
        expect(types.filter((type) => type === 'credit.approved.v1')).toHaveLength(40);
      }
      expect(seen.some((what) => what !== 'conflict')).toBe(true);
    });
  });
});

/** As a client does on 503: the same command again. */
async function persistently(submit: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await submit();
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

/** Cuts every writing connection of the test database, a few times a second. */
async function startCutting(): Promise<{ stop(): Promise<void> }> {
  const superuser = new Client({ connectionString: database().superuserConnectionString });
  await superuser.connect();
  let isOver = false;
  const cutting = (async () => {
    while (!isOver) {
      await superuser.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'duestream writer'`,
      );
      await superuser.query('SELECT pg_sleep(0.05)');
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await cutting;
      await superuser.end();
    },
  };
}
