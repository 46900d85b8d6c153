import { isDeepStrictEqual } from 'node:util';
import { AccountProcessor, accountDecider, BusinessCalendar, type Answer } from '@duestream/application';
import { verify } from '@duestream/audit';
import { canonicalJson, parseInbound, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountState } from '@duestream/domain';
import { directFeed } from '@duestream/event-feed';
import { PostgresEventStore } from '@duestream/event-store';
import type { EmbeddedPostgres } from '@duestream/platform';
import { ReadModels } from '@duestream/read-models';
import { dayAfter, decimal, type Day } from '../model/book';
import { AccountCommands, type Commanded } from '../model/commands';
import { reportOf, type Reported } from '../model/reports';
import { administer, embeddedDatabase } from '../support/database';
import type { Message } from '../support/ledger';
import type { Random } from '../support/random';
import type { Run, Scenario } from '../support/run';

const FIRST_DAY: Day = '2026-01-01';
/** Accounts that share a database; it is dropped when they are done, so that five million commands find room. */
const ACCOUNTS_PER_BATCH = 50;
const MOST_A_DAY = 12;
const DAYS_LOOKED_AT = [-400, -90, -31, -7, -1, 0, 6, 45];
const CAUGHT_UP_MS = 120_000;
const KEPT_MESSAGES = 60;

export const model: Scenario = {
  name: 'model',
  promise: 'random commands against an independent model: decisions, exposure and aging equal, value conserved',
  run: async (run) => {
    const postgres = await embeddedDatabase(run);
    try {
      const total = run.size(4_000, 5_000_000);
      const accounts = run.isShort ? 10 : 1_000;
      const startedMs = performance.now();
      for (let first = 0; first < accounts && run.broken.length === 0; first += ACCOUNTS_PER_BATCH) {
        const count = Math.min(ACCOUNTS_PER_BATCH, accounts - first);
        await playBatch(run, postgres, { first, count, commandsEach: Math.ceil(total / accounts) });
        const done = Number(run.counts['commands']);
        const rate = Math.round((done * 1_000) / (performance.now() - startedMs));
        run.count('commands a second, all checks included', rate);
        run.say(`${done} commands over ${first + count} accounts, ${rate} a second`);
      }
    } finally {
      await postgres.stop();
    }
  },
};

interface Batch {
  readonly first: number;
  readonly count: number;
  readonly commandsEach: number;
}

/** Some accounts from their opening to their last command, through a database of their own. */
async function playBatch(run: Run, postgres: EmbeddedPostgres, batch: Batch): Promise<void> {
  const name = `batch_${batch.first}`;
  await administer(postgres, (client) => client.query(`CREATE DATABASE ${name} OWNER duestream`));
  const product = await Product.open(postgres.connectionString(name));
  try {
    const played = new Played(run, product, batch);
    await played.toTheEnd();
  } finally {
    await product.close();
  }
  await administer(postgres, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
}

/** What a server consists of, less HTTP: contract, account processor, event store, feed, read models. */
class Product {
  nowMs = Date.parse(FIRST_DAY);
  readonly errors: Error[] = [];

  private constructor(
    readonly store: PostgresEventStore,
    readonly processor: AccountProcessor<AccountState>,
    readonly models: ReadModels,
    private readonly clock: { read: () => number },
  ) {
    this.clock.read = () => this.nowMs;
  }

  static async open(connectionString: string): Promise<Product> {
    const clock = { read: (): number => Date.parse(FIRST_DAY) };
    const calendar = new BusinessCalendar('UTC', () => clock.read());
    const store = await PostgresEventStore.open({ connectionString });
    const policies = policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy)));
    const decider = accountDecider(policies, NO_EXCHANGE_RATES);
    const errors: Error[] = [];
    const models = await ReadModels.open({
      connectionString,
      feed: directFeed({ store }),
      businessDate: () => calendar.today(),
      timeZone: 'UTC',
      now: () => new Date(clock.read()),
      onError: (error) => errors.push(error),
    });
    models.start();
    const product = new Product(store, new AccountProcessor({ store, decider, calendar }), models, clock);
    product.errors.push(...errors);
    return product;
  }

  /** An error where there is no answer. */
  async send(messages: readonly Message[]): Promise<readonly (Answer | Error)[]> {
    const requests = messages.map((sent) => {
      const parsed = parseInbound(sent, { enforcement: 'enforce' });
      if (!parsed.ok)
        throw new Error(`the contract refuses ${JSON.stringify(sent)}: ${JSON.stringify(parsed.problem)}`);
      const actor = { id: 'model', via: 'chaos', authenticated: false };
      const context = { actor, enforcement: parsed.enforcement, businessDate: 'today' as const };
      return { command: parsed.message, context };
    });
    const settled = await Promise.allSettled(this.processor.submitAll(requests));
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : asError(one.reason)));
  }

  async close(): Promise<void> {
    await this.processor.close();
    await this.models.close();
    await this.store.close();
  }
}

class Played {
  private readonly accounts: AccountCommands[];
  private readonly randoms: Random[];
  private readonly sent = new Map<string, Message[]>();
  private position = '';
  private today = FIRST_DAY;

  constructor(
    private readonly run: Run,
    private readonly product: Product,
    private readonly batch: Batch,
  ) {
    this.randoms = Array.from({ length: batch.count }, (_, n) => run.random.fork(batch.first + n));
    this.accounts = this.randoms.map((random, n) => {
      return new AccountCommands(`M-${batch.first + n}`, random, this.today);
    });
  }

  async toTheEnd(): Promise<void> {
    await this.open();
    const left = this.accounts.map(() => this.batch.commandsEach);
    await this.days(left, Math.floor(this.batch.commandsEach / 2));
    const half = this.remembered();
    await this.days(left, 0);
    await this.product.models.waitFor(this.position, CAUGHT_UP_MS);
    for (const reports of this.accounts.map(({ model: known }) => this.reports(known))) {
      await this.compareReports(reports, undefined);
    }
    for (const reports of half.reports) await this.compareReports(reports, half.knownAt);
    await this.compareHolds();
    await this.compareBalance();
    await this.proveHistory();
  }

  /** Day by day, until each account has no more than `until` commands left. */
  private async days(left: number[], until: number): Promise<void> {
    while (left.some((count) => count > until) && this.run.broken.length === 0) {
      const wave = this.accounts.flatMap((account, n) => {
        const count = Math.min((left[n] ?? 0) - until, this.randoms[n]?.between(1, MOST_A_DAY) ?? 0);
        left[n] = (left[n] ?? 0) - count;
        return Array.from({ length: count }, () => account.next(this.today));
      });
      await this.play(wave);
      this.today = dayAfter(this.today, 1);
      this.product.nowMs = Date.parse(this.today);
    }
  }

  private async open(): Promise<void> {
    const source = '/chaos/model';
    const answers = await this.product.send(
      this.accounts.map(({ model: { accountId: subject } }) => {
        const data = { name: subject, currency: 'EUR' };
        return { specversion: '1.0', id: `open ${subject}`, source, type: 'account.opened.v1', subject, data };
      }),
    );
    this.run.must(
      'accounts are opened',
      answers.every((answer) => !(answer instanceof Error) && answer.status === 'accepted'),
    );
  }

  private async play(wave: readonly Commanded[]): Promise<void> {
    const answers = await this.product.send(wave.map(({ message }) => message));
    for (const [index, commanded] of wave.entries()) this.compare(commanded, answers[index]);
    this.run.count('commands', Number(this.run.counts['commands'] ?? 0) + wave.length);
  }

  private compare({ message, expected }: Commanded, answer: Answer | Error | undefined): void {
    const recent = this.sent.get(message.subject) ?? [];
    this.sent.set(message.subject, recent);
    recent.push(message);
    if (recent.length > KEPT_MESSAGES) recent.shift();
    const { decision, orderStatus } = expected;
    const wanted = {
      status: expected.status,
      outcome: decision?.outcome,
      exposureBefore: decision === undefined ? undefined : decimal(decision.exposureBefore),
      orderStatus,
      released: expected.released,
    };
    const seen = seenOf(answer);
    this.tally(wanted.status, wanted.outcome);
    this.run.must('every answer is what the model expects', isDeepStrictEqual(seen, wanted), () => {
      return `${JSON.stringify(message)}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}; the account's latest messages: ${JSON.stringify(recent.slice(-12))}`;
    });
    if (
      answer !== undefined &&
      'position' in answer &&
      answer.position !== null &&
      this.product.store.comparePositions(answer.position, this.position || answer.position) >= 0
    ) {
      this.position = answer.position;
    }
  }

  private tally(status: string, outcome: string | undefined): void {
    for (const what of [status, ...(outcome === undefined || status !== 'accepted' ? [] : [`orders ${outcome}`])]) {
      this.run.count(what, Number(this.run.counts[what] ?? 0) + 1);
    }
  }

  private reports(known: AccountCommands['model']): AccountReports {
    return {
      accountId: known.accountId,
      days: DAYS_LOOKED_AT.map((days) => reportOf(known, dayAfter(this.today, days))),
    };
  }

  /** What must be told later of this moment, as known now. */
  private remembered(): { readonly knownAt: string; readonly reports: readonly AccountReports[] } {
    const knownAt = new Date(this.product.nowMs - 1).toISOString();
    return { knownAt, reports: this.accounts.map(({ model: known }) => this.reports(known)) };
  }

  private async compareReports({ accountId, days }: AccountReports, knownAt: string | undefined): Promise<void> {
    const known = knownAt === undefined ? {} : { knownAt };
    for (const { day, exposure } of days) {
      const { value } = await this.product.models.queries.exposure(accountId, { asOf: day, ...known });
      const { orders, deliveries, receivables, unappliedCash, creditNotes } = value.categories;
      const shown = {
        orders,
        deliveries,
        receivables,
        unappliedCash,
        creditNotes,
        total: value.total,
        limit: value.limit ?? 'none',
      };
      this.run.must('exposure is that of the model', isDeepStrictEqual(shown, exposure), () => {
        return `${accountId} as of ${day}, known at ${knownAt ?? 'now'}: ${JSON.stringify(shown)} instead of ${JSON.stringify(exposure)}`;
      });
      this.count('exposures compared');
    }
    await this.compareAging({ accountId, days }, known);
  }

  private agings = new Map<string, ReadonlyMap<string, Reported['aging']>>();

  private async compareAging({ accountId, days }: AccountReports, known: { readonly knownAt?: string }): Promise<void> {
    for (const { day, aging } of days) {
      const key = `${day} ${known.knownAt ?? ''}`;
      const shown = this.agings.get(key) ?? (await this.agingOf(day, known));
      this.agings.set(key, shown);
      this.run.must('aging is that of the model', isDeepStrictEqual(shown.get(accountId) ?? null, aging), () => {
        return `${accountId} as of ${key}: ${JSON.stringify(shown.get(accountId))} instead of ${JSON.stringify(aging)}`;
      });
      this.count('agings compared');
    }
  }

  private async agingOf(
    asOf: Day,
    known: { readonly knownAt?: string },
  ): Promise<ReadonlyMap<string, Reported['aging']>> {
    const { value } = await this.product.models.queries.aging({ by: 'account', asOf, limit: 'all', ...known });
    return new Map(value.items.map(({ key, currency: _currency, ...item }) => [key, item]));
  }

  private async compareHolds(): Promise<void> {
    const { value } = await this.product.models.queries.holds({ limit: 'all' });
    const shown = value.items.map(({ accountId, orderId }) => `${accountId} ${orderId}`).sort();
    const wanted = this.accounts.flatMap(({ model: known }) =>
      known.heldOrders().map((order) => `${known.accountId} ${order}`),
    );
    this.run.must('the held orders are those of the model', isDeepStrictEqual(shown, wanted.sort()), () => {
      const only = (these: readonly string[], others: readonly string[]): string =>
        these
          .filter((one) => !others.includes(one))
          .slice(0, 5)
          .join(', ');
      return `only shown: ${only(shown, wanted)}; only in the model: ${only(wanted, shown)}`;
    });
    this.count('held at the end', shown.length);
  }

  /** What is open is what came in less what went out, whatever was applied to what in between. */
  private async compareBalance(): Promise<void> {
    for (const { model: known } of this.accounts) {
      const { value } = await this.product.models.queries.exposure(known.accountId, { asOf: '9000-01-01' });
      const { receivables, unappliedCash, creditNotes } = value.categories;
      const shown = cents(receivables) - cents(unappliedCash) - cents(creditNotes);
      this.run.must('value is conserved to the cent', shown === known.balance, () => {
        return `${known.accountId}: ${decimal(shown)} is open, ${decimal(known.balance)} came in and did not go out`;
      });
    }
    this.count('balances conserved', this.accounts.length);
  }

  private async proveHistory(): Promise<void> {
    const rebuilt = await this.product.models.rebuild();
    this.run.must('read models built anew equal the live ones', rebuilt.swapped, () =>
      JSON.stringify(rebuilt.differences),
    );
    this.count('events', rebuilt.events);
    const { damageCount, damages } = await verify(this.product.store);
    this.run.must('the history is intact', damageCount === 0, () => JSON.stringify(damages.slice(0, 3)));
  }

  private count(name: string, more = 1): void {
    this.run.count(name, Number(this.run.counts[name] ?? 0) + more);
  }
}

interface AccountReports {
  readonly accountId: string;
  readonly days: readonly Reported[];
}

function seenOf(answer: Answer | Error | undefined): object {
  if (answer === undefined) return { status: 'none' };
  if (answer instanceof Error)
    return { status: 'none', error: answer.message, cause: String(asError(answer.cause).stack) };
  if (answer.status === 'refused') {
    const nothing = { outcome: undefined, exposureBefore: undefined, orderStatus: undefined };
    return { status: 'refused', ...nothing, released: 0 };
  }
  const { status, decision, orderStatus } = answer;
  const types = 'eventTypes' in answer ? answer.eventTypes : [];
  return {
    status,
    outcome: decision?.outcome,
    exposureBefore: decision?.exposureBefore.amount,
    orderStatus,
    released: types.filter((type) => type === 'credit.released.v1').length,
  };
}

function cents(amount: string): number {
  return Number(amount.replace('.', ''));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
