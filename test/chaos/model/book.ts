/** Whole cents; a number is exact far beyond what an account holds here. */
export type Cents = number;
/** `YYYY-MM-DD`: as text in the order of time. */
export type Day = string;

export interface Dated {
  readonly cents: Cents;
  readonly on: Day;
}

export const CATEGORIES = ['orders', 'deliveries', 'receivables', 'unappliedCash', 'creditNotes'] as const;
export type Category = (typeof CATEGORIES)[number];
export type Figures = Readonly<Record<Category, Cents>>;

const NOTHING: Figures = { orders: 0, deliveries: 0, receivables: 0, unappliedCash: 0, creditNotes: 0 };

/** What changed each category of one account, by the day from which it counts, and what a decision of today counts. */
export class Book {
  /** What decisions count of orders and their deliveries. */
  onOrder: Cents = 0;
  private readonly byDay: Record<Category, Map<Day, Cents>>;
  private readonly money: Record<Category, Cents> = { ...NOTHING };
  private later: (Dated & { readonly category: Category })[] = [];

  constructor(public today: Day) {
    const empty = (): Map<Day, Cents> => new Map();
    this.byDay = {
      orders: empty(),
      deliveries: empty(),
      receivables: empty(),
      unappliedCash: empty(),
      creditNotes: empty(),
    };
  }

  /** What reports show from that day on. */
  move(category: Category, cents: Cents, on: Day): void {
    if (cents === 0) return;
    const days = this.byDay[category];
    days.set(on, (days.get(on) ?? 0) + cents);
  }

  /** `countsAtOnce`: a decision sees it before its day (an invoice). */
  post(category: Category, cents: Cents, on: Day, countsAtOnce = false): void {
    this.move(category, cents, on);
    this.money[category] += cents;
    if (on > this.today && !countsAtOnce) this.later.push({ category, cents, on });
  }

  asOf(day: Day): Figures {
    const figures: Record<Category, Cents> = { ...NOTHING };
    for (const category of CATEGORIES) {
      for (const [on, cents] of this.byDay[category]) if (on <= day) figures[category] += cents;
    }
    return figures;
  }

  /** What a decision of today sees; days only go forward. */
  exposure(): Cents {
    this.later = this.later.filter(({ on }) => on > this.today);
    const figures = { ...this.money, orders: this.onOrder };
    for (const { category, cents } of this.later) figures[category] -= cents;
    return exposureOf(figures);
  }
}

export function exposureOf(figures: Figures): Cents {
  const { orders, deliveries, receivables, unappliedCash, creditNotes } = figures;
  return Math.max(0, orders + deliveries + receivables - unappliedCash - creditNotes);
}

export function sumUpTo(moves: readonly Dated[], day: Day): Cents {
  let sum = 0;
  for (const { cents, on } of moves) if (on <= day) sum += cents;
  return sum;
}

const DAY_MS = 86_400_000;

export function dayAfter(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysFrom(from: Day, to: Day): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

export function dayOrder(one: Day, other: Day): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

export function lastDay(...days: readonly (Day | undefined)[]): Day {
  let last = '';
  for (const day of days) if (day !== undefined && day > last) last = day;
  return last;
}

export function decimal(cents: Cents): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
