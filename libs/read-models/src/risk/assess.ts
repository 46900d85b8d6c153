import type { RiskReason, RiskTier } from '@duestream/contracts';
import { decimalOf, type Currency } from '@duestream/domain';
import type { RiskRules, SignalName } from './rules';

/** What the rules look at, of one account on one day. Amounts are minor units. */
export interface Signals {
  readonly currency: string;
  /** In the account's currency, floored at zero. */
  readonly exposure: bigint;
  /** Null: none set, or none valid that day. */
  readonly limit: bigint | null;
  /** The last day of a limit that ran out with none after it. */
  readonly limitExpiredOn: string | null;
  readonly oldestDaysPastDue: number;
  readonly books: readonly Book[];
  readonly bouncedPayments: number;
  readonly missingFields: readonly string[];
}

/** An account's debit items in one currency. */
export interface Book {
  readonly currency: string;
  readonly open: bigint;
  readonly overdue: bigint;
  readonly disputed: bigint;
  /** Of the items fully paid within the window, and within the one before it. */
  readonly recent: DaysLate;
  readonly previous: DaysLate;
}

/** Weighted average days late = weighted / amount. */
export interface DaysLate {
  readonly weighted: bigint;
  readonly amount: bigint;
}

export interface Assessment {
  readonly tier: RiskTier;
  readonly score: number;
  readonly reasons: readonly RiskReason[];
}

const TEN_THOUSAND = 10_000n;

/** Score, tier and the reasons with their numbers, most weighty first. Every rule is looked at. */
export function assess(signals: Signals, rules: RiskRules): Assessment {
  const found = [
    utilisation(signals, rules),
    limitExceeded(signals, rules),
    limitExpired(signals, rules),
    pastDue(signals, rules),
    ...signals.books.map((book) => overdueShare(book, rules)),
    ...signals.books.map((book) => daysLateRising(book, rules)),
    bounced(signals, rules),
    ...signals.books.map((book) => disputeShare(book, rules)),
    gaps(signals, rules),
  ].filter((reason) => reason !== null);
  const reasons = oncePerSignal(found).sort((a, b) => b.points - a.points || (a.signal < b.signal ? -1 : 1));
  const score = reasons.reduce((sum, reason) => sum + reason.points, 0);
  const tier = rules.tiers.find(({ fromScore }) => score >= fromScore)?.tier ?? 'ok';
  return { tier, score, reasons };
}

/** How bad a tier is, as a number that rises. */
export function rank(tier: RiskTier, rules: RiskRules): number {
  return rules.tiers.length - rules.tiers.findIndex((entry) => entry.tier === tier);
}

function utilisation({ exposure, limit, currency }: Signals, rules: RiskRules): RiskReason | null {
  const { threshold } = rules.signals.utilisation;
  if (limit === null || limit === 0n || exposure * TEN_THOUSAND < BigInt(threshold) * limit) return null;
  const observed = share(exposure, limit);
  const message = `exposure of ${money(exposure, currency)} is ${percent(observed)} of the limit of ${money(limit, currency)}`;
  return reason(rules, 'utilisation', observed, fraction(threshold), message);
}

function limitExceeded({ exposure, limit, currency }: Signals, rules: RiskRules): RiskReason | null {
  if (limit === null || exposure <= limit) return null;
  const message = `exposure is ${money(exposure - limit, currency)} over the limit of ${money(limit, currency)}`;
  return reason(rules, 'limit.exceeded', text(exposure, currency), text(limit, currency), message);
}

function limitExpired({ limitExpiredOn }: Signals, rules: RiskRules): RiskReason | null {
  if (limitExpiredOn === null) return null;
  return reason(rules, 'limit.expired', limitExpiredOn, '0', `the limit ran out on ${limitExpiredOn}`);
}

function pastDue({ oldestDaysPastDue }: Signals, rules: RiskRules): RiskReason | null {
  const { threshold } = rules.signals['item.past-due'];
  if (oldestDaysPastDue <= threshold) return null;
  const message = `the oldest open item is ${oldestDaysPastDue} days past due`;
  return reason(rules, 'item.past-due', String(oldestDaysPastDue), String(threshold), message);
}

function overdueShare({ open, overdue, currency }: Book, rules: RiskRules): RiskReason | null {
  const { threshold } = rules.signals['overdue.share'];
  if (overdue === 0n || overdue * TEN_THOUSAND < BigInt(threshold) * open) return null;
  const observed = share(overdue, open);
  const message = `${money(overdue, currency)} of ${money(open, currency)} open is overdue (${percent(observed)})`;
  return reason(rules, 'overdue.share', observed, fraction(threshold), message);
}

function daysLateRising({ recent, previous }: Book, rules: RiskRules): RiskReason | null {
  const { threshold, windowDays = 0 } = rules.signals['days-late.rising'];
  if (recent.amount === 0n || previous.amount === 0n) return null;
  const rise = recent.weighted * previous.amount - previous.weighted * recent.amount;
  if (rise < BigInt(threshold) * recent.amount * previous.amount) return null;
  const [now, before] = [average(recent), average(previous)];
  const message = `payments came ${now} days late on average in the last ${windowDays} days, ${before} in those before`;
  return reason(rules, 'days-late.rising', now, String(threshold), message);
}

function bounced({ bouncedPayments }: Signals, rules: RiskRules): RiskReason | null {
  const { threshold, windowDays = 0 } = rules.signals['payment.bounced'];
  if (bouncedPayments < threshold) return null;
  const message = `${bouncedPayments} payment(s) were reversed in the last ${windowDays} days`;
  return reason(rules, 'payment.bounced', String(bouncedPayments), String(threshold), message);
}

function disputeShare({ open, disputed, currency }: Book, rules: RiskRules): RiskReason | null {
  const { threshold } = rules.signals['dispute.share'];
  if (disputed === 0n || disputed * TEN_THOUSAND < BigInt(threshold) * open) return null;
  const observed = share(disputed, open);
  const message = `${money(disputed, currency)} of ${money(open, currency)} open is disputed (${percent(observed)})`;
  return reason(rules, 'dispute.share', observed, fraction(threshold), message);
}

function gaps({ missingFields }: Signals, rules: RiskRules): RiskReason | null {
  const { threshold } = rules.signals['profile.gaps'];
  if (missingFields.length < threshold) return null;
  const message = `the profile has no ${missingFields.join(', ')}`;
  return reason(rules, 'profile.gaps', String(missingFields.length), String(threshold), message);
}

function reason(
  rules: RiskRules,
  signal: SignalName,
  observed: string,
  threshold: string,
  message: string,
): RiskReason {
  return { signal, observed, threshold, points: rules.signals[signal].points, message };
}

/** Books in several currencies may raise one signal each; it counts once, as the first of them. */
function oncePerSignal(reasons: readonly RiskReason[]): RiskReason[] {
  const bySignal = new Map<string, RiskReason>();
  for (const found of reasons) if (!bySignal.has(found.signal)) bySignal.set(found.signal, found);
  return [...bySignal.values()];
}

function text(minor: bigint, currency: string): string {
  return decimalOf(minor, currency as Currency);
}

function money(minor: bigint, currency: string): string {
  return `${text(minor, currency)} ${currency}`;
}

/** part / whole with four decimals, half-up. */
function share(part: bigint, whole: bigint): string {
  return fraction(Number((part * TEN_THOUSAND * 2n + whole) / (whole * 2n)));
}

function fraction(tenThousandths: number): string {
  const digits = String(tenThousandths).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function percent(ratio: string): string {
  const digits = ratio.replace('.', '').replace(/^0+(?=\d{3})/, '');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} %`;
}

/** Days with one decimal, half-up. */
function average({ weighted, amount }: DaysLate): string {
  const tenths = (weighted * 20n + amount) / (amount * 2n);
  const digits = tenths.toString().padStart(2, '0');
  return `${digits.slice(0, -1)}.${digits.slice(-1)}`;
}
