import { isDeepStrictEqual } from 'node:util';
import { verify } from '@duestream/audit';
import { directFeed } from '@duestream/event-feed';
import { PostgresEventStore } from '@duestream/event-store';
import { ReadModels } from '@duestream/read-models';
import type { Message } from '../support/ledger';
import type { Run } from '../support/run';
import type { AccountModel } from './account-model';
import { decimal, type Day } from './book';
import type { Reported } from './reports';
import { CommandPath, type Given, type Moment, type Subject } from './subject';

const CAUGHT_UP_MS = 300_000;
const END_OF_TIME: Day = '9000-01-01';

/** All that a server consists of, less HTTP: contract, processor, PostgreSQL, feed and read models. */
export class WholePath implements Subject {
  private position = '';

  private constructor(
    private readonly store: PostgresEventStore,
    private readonly path: CommandPath,
    private readonly models: ReadModels,
  ) {}

  static async open(connectionString: string, nowMs: number): Promise<WholePath> {
    const store = await PostgresEventStore.open({ connectionString });
    const path = new CommandPath(store, nowMs);
    const models = await ReadModels.open({
      connectionString,
      feed: directFeed({ store }),
      businessDate: () => path.calendar.today(),
      timeZone: 'UTC',
      now: () => new Date(path.now),
    });
    models.start();
    return new WholePath(store, path, models);
  }

  setNow(nowMs: number): void {
    this.path.now = nowMs;
  }

  async send(messages: readonly Message[]): Promise<readonly Given[]> {
    const answers = await this.path.send(messages);
    for (const answer of answers) {
      if (answer instanceof Error || answer.position === null) continue;
      const isLater = this.position === '' || this.store.comparePositions(answer.position, this.position) > 0;
      if (isLater) this.position = answer.position;
    }
    return answers;
  }

  async prove(run: Run, models: readonly AccountModel[], moments: readonly Moment[]): Promise<void> {
    await this.models.waitFor(this.position, CAUGHT_UP_MS);
    for (const moment of moments) await this.compareReports(run, moment);
    await this.compareHolds(run, models);
    for (const model of models) await this.compareBalance(run, model);
    const rebuilt = await this.models.rebuild();
    run.must('read models built anew equal the live ones', rebuilt.swapped, () => JSON.stringify(rebuilt.differences));
    run.add('events on disk', rebuilt.events);
    const { damageCount, damages } = await verify(this.store);
    run.must('the history is intact', damageCount === 0, () => JSON.stringify(damages.slice(0, 3)));
  }

  async close(): Promise<void> {
    await this.path.processor.close();
    await this.models.close();
    await this.store.close();
  }

  private async compareReports(run: Run, { knownAt, accounts }: Moment): Promise<void> {
    const known = knownAt === undefined ? {} : { knownAt };
    const agings = new Map<Day, ReadonlyMap<string, Reported['aging']>>();
    for (const { accountId, days } of accounts) {
      for (const { day, exposure, aging } of days) {
        const at = `${accountId} as of ${day}, known at ${knownAt ?? 'the end'}`;
        const shown = await this.exposureOf(accountId, { asOf: day, ...known });
        run.must('exposure is that of the model', isDeepStrictEqual(shown, exposure), () => differing(at, shown, exposure)); // prettier-ignore
        const aged = agings.get(day) ?? (await this.agingOf({ asOf: day, ...known }));
        agings.set(day, aged);
        const own = aged.get(accountId) ?? null;
        run.must('aging is that of the model', isDeepStrictEqual(own, aging), () => differing(at, own, aging));
        run.add('reports compared (exposure and aging of an account on a day)', 1);
      }
    }
  }

  private async exposureOf(accountId: string, point: { asOf: Day; knownAt?: string }): Promise<object> {
    const { value } = await this.models.queries.exposure(accountId, point);
    const { orders, deliveries, receivables, unappliedCash, creditNotes } = value.categories;
    const { total, limit } = value;
    return { orders, deliveries, receivables, unappliedCash, creditNotes, total, limit: limit ?? 'none' };
  }

  private async agingOf(point: { asOf: Day; knownAt?: string }): Promise<ReadonlyMap<string, Reported['aging']>> {
    const { value } = await this.models.queries.aging({ by: 'account', limit: 'all', ...point });
    return new Map(value.items.map(({ key, currency: _currency, ...item }) => [key, item]));
  }

  private async compareHolds(run: Run, models: readonly AccountModel[]): Promise<void> {
    const { value } = await this.models.queries.holds({ limit: 'all' });
    const shown = value.items.map(({ accountId, orderId }) => `${accountId} ${orderId}`).sort();
    const wanted = models
      .flatMap((model) => model.orders.heldOrders().map((order) => `${model.accountId} ${order}`))
      .sort();
    const only = (these: readonly string[], others: readonly string[]): readonly string[] =>
      these.filter((one) => !others.includes(one)).slice(0, 5);
    run.must('the held orders are those of the model', isDeepStrictEqual(shown, wanted), () =>
      differing('held orders', only(shown, wanted), only(wanted, shown)),
    );
  }

  /** What is open is what came in less what went out, whatever was applied to what in between. */
  private async compareBalance(run: Run, { accountId, money: { balance } }: AccountModel): Promise<void> {
    const { value } = await this.models.queries.exposure(accountId, { asOf: END_OF_TIME });
    const { receivables, unappliedCash, creditNotes } = value.categories;
    const open = cents(receivables) - cents(unappliedCash) - cents(creditNotes);
    run.must('value is conserved to the cent', open === balance, () =>
      differing(`what is open of ${accountId}`, decimal(open), decimal(balance)),
    );
    run.add('balances conserved', 1);
  }
}

export function differing(what: string, seen: unknown, wanted: unknown): string {
  return `${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`;
}

function cents(amount: string): number {
  return Number(amount.replace('.', ''));
}
