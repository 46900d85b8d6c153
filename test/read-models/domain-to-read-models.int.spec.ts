import fc from 'fast-check';
import { Client } from 'pg';
import type { AgingItem } from '@duestream/contracts';
import { directFeed } from '@duestream/event-feed';
import { PostgresEventStore, accountStreamId, sealCommand, type EventToAppend } from '@duestream/event-store';
import { addDays, documentRef, initialState, type AccountId, type Category, type LocalDate } from '@duestream/domain';
import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { orderStatus, steps, TestAccount } from '@duestream/domain/testing';
import { ReadModels } from '@duestream/read-models';

const ACCOUNTS = 25;
const SEED = 20260301;
const DAYS = [-30, -10, 0, 5, 20, 60, 120].map((offset) => addDays('2026-03-01' as LocalDate, offset));
const CATEGORIES: readonly Category[] = ['orders', 'deliveries', 'receivables', 'unappliedCash', 'creditNotes'];

/** Random histories that the domain decided, through the event store and the feed, against the domain's own state. */
describe('what the domain decided, as the read models show it', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let models: ReadModels;
  let accounts: TestAccount[];
  const errors: Error[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    store = await PostgresEventStore.open({ connectionString: database.connectionString });
    models = await ReadModels.open({
      connectionString: database.connectionString,
      feed: directFeed({ store }),
      // After every date of the histories.
      businessDate: () => '2040-01-01',
      timeZone: 'UTC',
      maxConnections: 3,
      batchSize: 400,
      onError: (error) => errors.push(error),
    });
    models.start();
    accounts = fc.sample(steps, { numRuns: ACCOUNTS, seed: SEED }).map(play);
    let position = '';
    for (const account of accounts) {
      const [result] = await store.append([
        { streamId: accountStreamId(account.state.accountId), expectedRevision: -1, events: sealed(account) },
      ]);
      if (result?.ok !== true) throw result?.error ?? new Error('nothing was appended');
      position = result.position;
    }
    await models.waitFor(position, 30_000).catch((error: unknown) => {
      throw errors[0] ?? error;
    });
  });
  afterAll(async () => {
    await models.close();
    await store.close();
    await database.drop();
  });

  it('gives every category on every day, and open items that add up to them', async () => {
    for (const account of accounts) {
      const { accountId } = account.state;
      for (const asOf of DAYS) {
        const { value: exposure } = await models.queries.exposure(accountId, { asOf });
        const figures = Object.fromEntries(CATEGORIES.map((name) => [name, account.figure(name, asOf)]));
        expect(exposure.categories).toMatchObject(figures);
        const { value: open } = await models.queries.openItems(accountId, { asOf, limit: 'all' });
        const inEuros = open.items.filter((item) => item.currency === 'EUR');
        const sum = inEuros.reduce((total, item) => total + minor(item.open), 0n);
        const { receivables = '0', unappliedCash = '0', creditNotes = '0' } = figures;
        expect(sum).toBe(minor(receivables) - minor(unappliedCash) - minor(creditNotes));
        for (const item of inEuros) {
          expect([item.number, item.item, item.open.replace('-', '')]).toEqual([
            item.number,
            item.item,
            account.open(item.number, item.item === 0 ? undefined : item.item, asOf),
          ]);
        }
      }
    }
  });

  it('has buckets that add up to what is outstanding, for any day, borders and grouping', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -60, max: 200 }).map((offset) => addDays('2026-03-01' as LocalDate, offset)),
        fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }),
        async (asOf, borders) => {
          const buckets = borders.sort((a, b) => a - b);
          const sums = [];
          for (const by of ['portfolio', 'account', 'segment'] as const) {
            const { value } = await models.queries.aging({ by, asOf, buckets, limit: 'all' });
            for (const item of value.items) {
              expect(item.buckets.reduce((sum, { amount }) => sum + minor(amount), 0n)).toBe(minor(item.total));
              expect(item.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(item.openItems);
            }
            sums.push(sumsOf(value.items).join(' '));
          }
          expect(new Set(sums).size).toBe(1);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('shows the open orders in the status that the domain gives them', async () => {
    for (const account of accounts) {
      for (const order of account.state.orders.values()) {
        const named = { accountId: account.state.accountId, company: order.company, number: order.number };
        const { value } = await models.queries.order(named);
        expect([named.accountId, order.number, value.status]).toEqual([
          named.accountId,
          order.number,
          orderStatus(order),
        ]);
      }
    }
  });

  it('lists as waiting what the domain keeps waiting', async () => {
    for (const account of accounts) {
      const { accountId, waiting } = account.state;
      const { value } = await models.queries.waiting({ accountId, limit: 'all' });
      const shown = value.items.map(({ waitingFor }) => `${waitingFor.kind} ${waitingFor.number}`).sort();
      const kept = [...waiting.values()].map(({ waitsFor }) => documentRef(waitsFor));
      expect([accountId, shown]).toEqual([accountId, kept.map(({ kind, number }) => `${kind} ${number}`).sort()]);
    }
  });

  it('names applications that stand for what their payments and invoices lost', async () => {
    const client = new Client({ connectionString: database.connectionString });
    await client.connect();
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::integer AS n FROM pg_namespace WHERE nspname ~ '^rm_'`,
    );
    await client.end();
    expect(rows).toEqual([{ n: 1 }]);
    const payments = accounts.flatMap(({ events, state }) =>
      events.flatMap(({ type, data }) =>
        type === 'payment.received.v1' && 'paymentId' in data
          ? [{ accountId: state.accountId, company: '', number: data.paymentId ?? '' }]
          : [],
      ),
    );
    for (const named of payments) {
      const { value } = await models.queries.payment(named);
      const standing = value.applications.reduce((sum, one) => sum + minor(one.standing), 0n);
      const gone = value.status === 'reversed' ? 0n : minor(value.amount) - minor(value.refunded);
      expect([named, standing + minor(value.unapplied)]).toEqual([named, gone]);
    }
  });

  it.each([20_000, 40])('is rebuilt equal with %d rows of a table in memory', async (keptRows) => {
    const outcome = await models.rebuild({ pageSize: 333, keptRows });
    expect(outcome).toMatchObject({ swapped: true, differences: [] });
    expect(errors).toEqual([]);
  });
});

/** Total, overdue, disputed, items, and amount and count of each bucket over all groups of one currency. */
function sumsOf(groups: readonly AgingItem[]): readonly bigint[] {
  const sums: bigint[] = [];
  const add = (index: number, value: bigint): void => {
    sums[index] = (sums[index] ?? 0n) + value;
  };
  for (const { currency, total, overdue, disputed, openItems, buckets } of groups) {
    if (currency !== 'EUR') continue;
    [minor(total), minor(overdue), minor(disputed), BigInt(openItems)].forEach((value, index) => add(index, value));
    for (const [index, { amount, count }] of buckets.entries()) {
      add(4 + 2 * index, minor(amount));
      add(5 + 2 * index, BigInt(count));
    }
  }
  return sums;
}

function play(list: Parameters<Parameters<typeof steps.filter>[0]>[0], index: number): TestAccount {
  const account = new TestAccount();
  account.state = initialState(`R-${String(index).padStart(2, '0')}` as AccountId);
  account.send('account.opened.v1', { name: `Random ${index}`, currency: 'EUR', segment: `S-${index % 3}` });
  account.send('limit.set.v1', { amount: { amount: '500.00', currency: 'EUR' } });
  for (const step of list) {
    account.businessDate = addDays(account.businessDate, step.moveOn);
    account.send(step.type as 'credit.recheck', step.data as Record<string, never>);
  }
  return account;
}

function sealed(account: TestAccount): EventToAppend[] {
  let previousHash: string | null = null;
  return account.events.flatMap((event) => {
    const command = sealCommand({
      accountId: account.state.accountId,
      commandId: `command-${event.revision}`,
      firstRevision: event.revision,
      previousHash,
      recordedAt: event.recordedAt,
      businessDate: event.businessDate,
      causation: { source: '/test', id: `message-${event.revision}` },
      actor: { id: 'tester', via: 'test', authenticated: false },
      events: [event],
    });
    previousHash = command.lastHash;
    return command.toAppend;
  });
}

function minor(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
