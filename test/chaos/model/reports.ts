import type { AgingItem } from '@duestream/contracts';
import type { AccountModel } from './account-model';
import { CATEGORIES, daysFrom, decimal, exposureOf, sumUpTo, type Cents, type Day } from './book';

/** What the reports must show of an account on a day. */
export interface Reported {
  readonly day: Day;
  readonly exposure: Readonly<Record<string, string>>;
  /** Null: nothing is open. */
  readonly aging: Omit<AgingItem, 'key' | 'currency'> | null;
}

interface Line {
  readonly cents: Cents;
  readonly age: number;
  readonly isDebit: boolean;
}

const BUCKETS = [
  { from: null, to: 0 },
  { from: 1, to: 30 },
  { from: 31, to: 60 },
  { from: 61, to: 90 },
  { from: 91, to: null },
] as const;

export function reportOf(model: AccountModel, day: Day): Reported {
  const figures = model.book.asOf(day);
  const limit = model.limits.limitOn(day);
  return {
    day,
    exposure: {
      ...Object.fromEntries(CATEGORIES.map((category) => [category, decimal(figures[category])])),
      total: decimal(exposureOf(figures)),
      limit: limit === null ? 'none' : decimal(limit),
    },
    aging: agingOf(model, day),
  };
}

function agingOf(model: AccountModel, day: Day): Reported['aging'] {
  const lines = [...linesOf(model, day)];
  if (lines.length === 0) return null;
  const sum = (some: readonly Line[]): string => decimal(some.reduce((total, { cents }) => total + cents, 0));
  return {
    buckets: BUCKETS.map((bucket) => {
      const within = lines.filter(
        ({ age }) => (bucket.from === null || age >= bucket.from) && (bucket.to === null || age <= bucket.to),
      );
      return { ...bucket, amount: sum(within), count: within.length };
    }),
    total: sum(lines),
    overdue: sum(lines.filter(({ isDebit, age }) => isDebit && age > 0)),
    disputed: decimal(disputedOf(model, day)),
    openItems: lines.length,
  };
}

function* linesOf(model: AccountModel, day: Day): Generator<Line> {
  for (const { moves, dueOn } of model.money.invoices.values()) {
    const cents = sumUpTo(moves, day);
    if (cents !== 0) yield { cents, age: daysFrom(dueOn, day), isDebit: true };
  }
  for (const { moves, on } of model.money.cash.values()) {
    const cents = sumUpTo(moves, day);
    if (cents !== 0) yield { cents: -cents, age: daysFrom(on, day), isDebit: false };
  }
}

function disputedOf(model: AccountModel, day: Day): Cents {
  let total = 0;
  for (const { moves, disputes } of model.money.invoices.values()) {
    const live = disputes.filter(
      ({ openedOn, resolvedOn }) => openedOn <= day && (resolvedOn === undefined || day < resolvedOn),
    );
    if (live.length > 0) total += Math.min(sumUpTo(moves, day), live.reduce((sum, { cents }) => sum + cents, 0)); // prettier-ignore
  }
  return total;
}
