import { isDeepStrictEqual } from 'node:util';
import type { AccountId, Move, RecordedEvent } from '@duestream/domain';
import { accountStreamId, openEvent } from '@duestream/event-store';
import type { Message } from '../support/ledger';
import type { Run } from '../support/run';
import type { AccountModel } from './account-model';
import { CATEGORIES, decimal, exposureOf, type Category, type Cents, type Day, type Figures } from './book';
import { MemoryStore } from './memory-store';
import { CommandPath, type Given, type Moment, type Subject } from './subject';
import { differing } from './whole-path';

/**
 * Contract, processor and domain as a server runs them, on streams in memory: what most of the commands go through. The
 * reports are then the sums of what the stored events say that they move.
 */
export class InProcess implements Subject {
  private readonly store = new MemoryStore();
  private readonly path: CommandPath;

  constructor(nowMs: number) {
    this.path = new CommandPath(this.store, nowMs);
  }

  setNow(nowMs: number): void {
    this.path.now = nowMs;
  }

  send(messages: readonly Message[]): Promise<readonly Given[]> {
    return this.path.send(messages);
  }

  async prove(run: Run, models: readonly AccountModel[], moments: readonly Moment[]): Promise<void> {
    for (const model of models) {
      const events = this.eventsOf(model.accountId);
      run.add('events in memory', events.length);
      for (const { knownAt, accounts } of moments) {
        const known = events.filter(({ recordedAt }) => knownAt === undefined || recordedAt <= knownAt);
        const moves = known.flatMap(({ data }) => data.moves ?? []);
        const days = accounts.find(({ accountId }) => accountId === model.accountId)?.days ?? [];
        for (const { day, exposure, aging } of days) {
          const at = `${model.accountId} as of ${day}, known at ${knownAt ?? 'the end'}`;
          const { limit: _limit, ...wanted } = exposure;
          const shown = exposureText(figuresOf(moves, day));
          run.must('exposure is that of the model', isDeepStrictEqual(shown, wanted), () => differing(at, shown, wanted)); // prettier-ignore
          const open = openOf(moves, day);
          run.must('open items are those of the model', open.items === (aging?.openItems ?? 0) && decimal(open.cents) === (aging?.total ?? '0.00'), () => differing(at, open, aging)); // prettier-ignore
          run.add('sums of events compared (exposure and open items of an account on a day)', 1);
        }
      }
      this.compareBalance(run, model, events);
    }
    await this.path.processor.close();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private eventsOf(accountId: string): readonly RecordedEvent[] {
    return this.store.eventsOf(accountStreamId(accountId as AccountId)).map((stored) => openEvent(stored).recorded);
  }

  private compareBalance(
    run: Run,
    { accountId, money: { balance } }: AccountModel,
    events: readonly RecordedEvent[],
  ): void {
    const { receivables, unappliedCash, creditNotes } = figuresOf(events.flatMap(({ data }) => data.moves ?? []));
    const open = receivables - unappliedCash - creditNotes;
    run.must('value is conserved to the cent', open === balance, () =>
      differing(`what is open of ${accountId}`, decimal(open), decimal(balance)),
    );
    run.add('balances conserved', 1);
  }
}

function figuresOf(moves: readonly Move[], day?: Day): Figures {
  const figures: Record<Category, Cents> = {
    orders: 0,
    deliveries: 0,
    receivables: 0,
    unappliedCash: 0,
    creditNotes: 0,
  };
  for (const { category, amount, effectiveAt } of moves) {
    if (day === undefined || effectiveAt <= day) figures[category] += cents(amount);
  }
  return figures;
}

function exposureText(figures: Figures): Readonly<Record<string, string>> {
  const categories = Object.fromEntries(CATEGORIES.map((category) => [category, decimal(figures[category])]));
  return { ...categories, total: decimal(exposureOf(figures)) };
}

/** Open on a day: how many invoices, payments and credit notes, and what they come to. */
function openOf(moves: readonly Move[], day: Day): { readonly items: number; readonly cents: Cents } {
  const open = new Map<string, Cents>();
  for (const { category, amount, effectiveAt, document } of moves) {
    if (effectiveAt > day || category === 'orders' || category === 'deliveries') continue;
    const key = `${document.kind} ${document.number}`;
    open.set(key, (open.get(key) ?? 0) + (category === 'receivables' ? cents(amount) : -cents(amount)));
  }
  const left = [...open.values()].filter((one) => one !== 0);
  return { items: left.length, cents: left.reduce((sum, one) => sum + one, 0) };
}

function cents(amount: string): Cents {
  return Number(amount.replace('.', ''));
}
