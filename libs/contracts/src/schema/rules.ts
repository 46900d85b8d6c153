import { isCurrency, minorUnitsOf } from '@duestream/domain';

export type AmountSign = 'positive' | 'not-negative';

export interface MoneyFault {
  readonly code: 'amount.too-many-decimals' | 'amount.not-positive';
  readonly expected: string;
}

/** What JSON Schema cannot say of an amount: no more decimals than the currency has, and greater than 0. */
export function moneyFault(value: object, sign: AmountSign): MoneyFault | null {
  if (!('amount' in value && 'currency' in value)) return null;
  const { amount, currency } = value;
  if (typeof amount !== 'string' || typeof currency !== 'string' || !isCurrency(currency)) return null;
  const point = amount.indexOf('.');
  const decimals = point < 0 ? 0 : amount.length - point - 1;
  const allowed = minorUnitsOf(currency);
  if (decimals > allowed) {
    const expected =
      allowed === 0
        ? `a whole number: ${currency} has no decimals`
        : `at most ${allowed} decimals: ${currency} has no more`;
    return { code: 'amount.too-many-decimals', expected };
  }
  if (sign === 'positive' && !NOT_ZERO.test(amount)) {
    return { code: 'amount.not-positive', expected: 'an amount greater than 0' };
  }
  return null;
}

const NOT_ZERO = /[1-9]/;
const ASCII = /^[\x20-\x7e]*$/;

export function isNfc(text: string): boolean {
  return ASCII.test(text) || text.normalize('NFC') === text;
}

/** True when objects and lists stand inside one another more than `levels` deep. Does not recurse: the text is a stranger's. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    const inner: unknown[] = [];
    for (const node of level) {
      if (node !== null && typeof node === 'object') for (const member of Object.values(node)) inner.push(member);
    }
    if (!inner.some((node) => node !== null && typeof node === 'object')) return false;
    level = inner;
  }
  return true;
}
