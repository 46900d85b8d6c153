import { decimalOf, minorOf, type Currency } from '@duestream/domain';

/** An amount that changes on some days: `open[i]` holds from `days[i]` until the next of them. Days rise strictly. */
export interface Staircase {
  readonly days: readonly string[];
  readonly open: readonly string[];
}

/** Adds an amount from a day on. A day on which nothing changes any more is no step. */
export function raise(stairs: Staircase, day: string, amount: string, currency: Currency): Staircase {
  const added = minor(amount, currency);
  if (added === 0n) return stairs;
  const days = [...stairs.days];
  const open = stairs.open.map((text) => minor(text, currency));
  let at = days.length;
  while (at > 0 && (days[at - 1] ?? '') > day) at -= 1;
  if (at === 0 || days[at - 1] !== day) {
    days.splice(at, 0, day);
    open.splice(at, 0, at === 0 ? 0n : (open[at - 1] ?? 0n));
  } else {
    at -= 1;
  }
  for (let index = at; index < open.length; index += 1) open[index] = (open[index] ?? 0n) + added;
  if (open[at] === (at === 0 ? 0n : open[at - 1])) {
    days.splice(at, 1);
    open.splice(at, 1);
  }
  return { days, open: open.map((value) => decimalOf(value, currency)) };
}

/** The first day from which the amount is zero for good, or `infinity`. */
export function settledFrom(stairs: Staircase): string {
  const last = stairs.open.at(-1);
  if (last === undefined || /[1-9]/.test(last)) return 'infinity';
  return stairs.days.at(-1) ?? 'infinity';
}

export function minor(amount: string, currency: Currency): bigint {
  const value = minorOf(amount, currency);
  if (value === null) throw new RangeError(`not an amount of ${currency}: ${amount}`);
  return value;
}

/** Sum of two decimal texts of one currency. */
export function plus(a: string, b: string, currency: string): string {
  return decimalOf(minor(a, currency as Currency) + minor(b, currency as Currency), currency as Currency);
}

export function minus(a: string, b: string, currency: string): string {
  return decimalOf(minor(a, currency as Currency) - minor(b, currency as Currency), currency as Currency);
}

export function zero(currency: string): string {
  return decimalOf(0n, currency as Currency);
}
