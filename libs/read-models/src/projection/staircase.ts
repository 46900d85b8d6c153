import { decimalOf, minorOf, minorUnitsOf, type Currency } from '@duestream/domain';

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
  const open = [...stairs.open];
  let at = days.length;
  while (at > 0 && (days[at - 1] ?? '') > day) at -= 1;
  if (at === 0 || days[at - 1] !== day) {
    days.splice(at, 0, day);
    open.splice(at, 0, at === 0 ? decimalOf(0n, currency) : (open[at - 1] ?? ''));
  } else {
    at -= 1;
  }
  // Most amounts come in the order of their days, so that the last step is the only one to be worked out.
  for (let index = at; index < open.length; index += 1) {
    open[index] = decimalOf(minor(open[index] ?? '', currency) + added, currency);
  }
  if (open[at] === (at === 0 ? decimalOf(0n, currency) : open[at - 1])) {
    days.splice(at, 1);
    open.splice(at, 1);
  }
  return { days, open };
}

/** The first day from which the amount is zero for good, or `infinity`. */
export function settledFrom(stairs: Staircase): string {
  const last = stairs.open.at(-1);
  if (last === undefined || /[1-9]/.test(last)) return 'infinity';
  return stairs.days.at(-1) ?? 'infinity';
}

/** Minor units of an amount, which most have with all the decimals of their currency: then it is digits and a point. */
export function minor(amount: string, currency: Currency): bigint {
  const digits = minorUnitsOf(currency);
  const point = amount.length - digits - 1;
  if (digits > 0 && isDigitsAround(point, amount)) return BigInt(amount.slice(0, point) + amount.slice(point + 1));
  const value = minorOf(amount, currency);
  if (value === null) throw new RangeError(`not an amount of ${currency}: ${amount}`);
  return value;
}

/** Digits, with a sign before them and a point at the place. Without a pattern, as this runs for every amount. */
function isDigitsAround(point: number, amount: string): boolean {
  const first = amount[0] === '-' ? 1 : 0;
  if (point <= first) return false;
  for (let at = first; at < amount.length; at += 1) {
    const code = amount.charCodeAt(at);
    if (at === point ? code !== POINT : code < ZERO || code > NINE) return false;
  }
  return true;
}

const [POINT, ZERO, NINE] = [0x2e, 0x30, 0x39];

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
