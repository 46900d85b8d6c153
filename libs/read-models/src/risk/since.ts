import { epochDay, fromEpochDay, type LocalDate } from '@duestream/domain';
import { NEVER, type AccountHistory, type HistoryItem, type Stairs } from './account-history';
import { assess, rank, type Book, type DaysLate, type Signals } from './assess';
import type { RiskRules } from './rules';

/**
 * The first day of the unbroken run, up to `asOf`, in which the account was in the tier that it is in then, or a worse
 * one. It is worked out from dated facts and not remembered, so a rebuild gives the same day, and so does any `asOf`.
 * Between two days on which something changes the tier stays, so only those are looked at.
 */
export function inTierSince(history: AccountHistory, asOf: string, rules: RiskRules): string {
  const today = epochDay(asOf as LocalDate);
  const tierNow = rank(assess(signalsOn(history, today, rules), rules).tier, rules);
  let since = today;
  for (const day of daysOfChange(history, today, rules)) {
    if (rank(assess(signalsOn(history, day, rules), rules).tier, rules) < tierNow) break;
    since = day;
  }
  return fromEpochDay(since);
}

/** Days at which a signal may change, latest first: each begins a stretch that nothing interrupts. */
function daysOfChange(history: AccountHistory, today: number, rules: RiskRules): number[] {
  const first = today - rules.lookBackDays;
  const pastDue = rules.signals['item.past-due'].threshold;
  const lateDays = rules.signals['days-late.rising'].windowDays ?? 0;
  const bouncedDays = rules.signals['payment.bounced'].windowDays ?? 0;
  const days = new Set<number>(history.exposure.days);
  for (const item of history.items) {
    for (const day of item.open.days) for (const shift of [0, lateDays, 2 * lateDays]) days.add(day + shift);
    days.add(item.due + 1).add(item.due + pastDue + 1);
  }
  for (const limit of history.limits) days.add(limit.from).add(limit.to + 1);
  for (const dispute of history.disputes) days.add(dispute.from).add(dispute.until);
  for (const day of history.reversals) days.add(day).add(day + bouncedDays);
  // An account that is younger than the look-back was in no tier before its first fact.
  if ([...days].some((day) => day < first)) days.add(first);
  return [...days].filter((day) => day >= first && day <= today).sort((a, b) => b - a);
}

/** The same signals that `portfolioSignals` reads for all accounts, of one account on any day. */
export function signalsOn(history: AccountHistory, day: number, rules: RiskRules): Signals {
  const exposure = valueOn(history.exposure, day);
  const limit = history.limits.findLast(({ from, to }) => from <= day && day <= to);
  const isOpen = (item: HistoryItem) => valueOn(item.open, day) > 0n;
  const open = history.items.filter(isOpen);
  const bouncedDays = rules.signals['payment.bounced'].windowDays ?? 0;
  const currencies = [...new Set(history.items.map((item) => item.currency))].sort();
  return {
    currency: history.currency,
    exposure: exposure < 0n ? 0n : exposure,
    limit: limit?.amount ?? null,
    limitExpiredOn: limit === undefined ? lastExpiry(history, day) : null,
    oldestDaysPastDue: Math.max(0, ...open.map((item) => day - item.due)),
    books: currencies.map((currency) => bookOn(history, currency, open, day, rules)),
    bouncedPayments: history.reversals.filter((reversed) => reversed <= day && reversed > day - bouncedDays).length,
    missingFields: history.missingFields,
  };
}

function lastExpiry(history: AccountHistory, day: number): string | null {
  const expired = history.limits.map(({ to }) => to).filter((to) => to < day);
  return expired.length === 0 ? null : fromEpochDay(Math.max(...expired));
}

function bookOn(
  history: AccountHistory,
  currency: string,
  openItems: readonly HistoryItem[],
  day: number,
  rules: RiskRules,
): Book {
  const items = openItems.filter((item) => item.currency === currency);
  const sum = (some: readonly HistoryItem[]) => some.reduce((total, { open }) => total + valueOn(open, day), 0n);
  const days = rules.signals['days-late.rising'].windowDays ?? 0;
  return {
    currency,
    open: sum(items),
    overdue: sum(items.filter((item) => item.due < day)),
    disputed: disputedOn(history, items, day),
    recent: daysLate(history.items, currency, day, day - days, day),
    previous: daysLate(history.items, currency, day, day - 2 * days, day - days),
  };
}

function disputedOn(history: AccountHistory, items: readonly HistoryItem[], day: number): bigint {
  const live = history.disputes.filter(({ from, until }) => from <= day && day < until);
  let disputed = 0n;
  for (const invoice of new Set(live.map((dispute) => dispute.invoice))) {
    const amount = live.filter((one) => one.invoice === invoice).reduce((sum, one) => sum + one.amount, 0n);
    const open = items.filter((one) => one.invoice === invoice).reduce((sum, one) => sum + valueOn(one.open, day), 0n);
    disputed += amount < open ? amount : open;
  }
  return disputed;
}

/** Items fully paid, as `daysLateSql` has it, as of `day`: on a day after `after` and not after `until`. */
function daysLate(
  items: readonly HistoryItem[],
  currency: string,
  day: number,
  after: number,
  until: number,
): DaysLate {
  let [weighted, amount] = [0n, 0n];
  for (const item of items) {
    const step = stepOn(item.open, day);
    const paidOn = item.open.days[step] ?? NEVER;
    if (item.currency !== currency || item.open.values[step] !== 0n || paidOn <= after || paidOn > until) continue;
    if (!isPaid(item, paidOn, day)) continue;
    weighted += item.original * BigInt(Math.max(0, paidOn - item.due));
    amount += item.original;
  }
  return { weighted, amount };
}

/** Whether a payment closed the item and nothing of it was written off. */
function isPaid(item: HistoryItem, closedOn: number, day: number): boolean {
  let [settled, paidAtLast] = [0n, 0n];
  for (const { byPayment, appliedOn, day: from, amount } of item.settlements) {
    if (from > day) continue;
    settled += amount;
    if (byPayment && appliedOn === closedOn) paidAtLast += amount;
  }
  return settled === item.original && paidAtLast > 0n;
}

function valueOn(stairs: Stairs, day: number): bigint {
  return stairs.values[stepOn(stairs, day)] ?? 0n;
}

/** The index of the last step not after `day`, -1 before the first. */
function stepOn({ days }: Stairs, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? NEVER) <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
