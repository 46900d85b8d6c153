import { minorUnitsOf, type Currency } from './currencies';

/** An exact amount: whole minor units (cents, yen, fils) of one currency. */
export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

/** The form of money at every edge and in every stored event: `{"amount":"12.34","currency":"EUR"}`. */
export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}

const DECIMAL = /^(-?)(\d{1,40})(?:\.(\d+))?$/;

/**
 * Minor units of a decimal string, or null when it is not a decimal number or has more decimals than the
 * currency. `minorOf('12.3', 'EUR') === 1230n`.
 */
export function minorOf(amount: string, currency: Currency): bigint | null {
  const match = DECIMAL.exec(amount);
  if (match === null) return null;
  const digits = minorUnitsOf(currency);
  const fraction = match[3] ?? '';
  if (fraction.length > digits) return null;
  const magnitude = BigInt((match[2] ?? '') + fraction.padEnd(digits, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** The decimal string with exactly the currency's decimals: `decimalOf(1230n, 'EUR') === '12.30'`. */
export function decimalOf(minor: bigint, currency: Currency): string {
  const digits = minorUnitsOf(currency);
  const sign = minor < 0n ? '-' : '';
  const magnitude = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  if (digits === 0) return sign + magnitude;
  return `${sign}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`;
}

export function moneyText(minor: bigint, currency: Currency): MoneyText {
  return { amount: decimalOf(minor, currency), currency };
}

/**
 * Money of validated text. Text that reached an event has passed its schema, so anything else here is a
 * programming error and throws.
 */
export function moneyOf(text: MoneyText): Money {
  const currency = text.currency as Currency;
  const minor = minorOf(text.amount, currency);
  if (minor === null) throw new RangeError(`not an amount of ${text.currency}: ${text.amount}`);
  return { minor, currency };
}

export const minBig = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const maxBig = (a: bigint, b: bigint): bigint => (a > b ? a : b);
