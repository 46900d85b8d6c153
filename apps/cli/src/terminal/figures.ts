import { isCurrency, minorOf, moneyText } from '@duestream/domain';

/** `1234567.50` → `1,234,567.50`. Anything that is not a decimal number stays as it is. */
export function grouped(amount: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(amount);
  if (match === null) return amount;
  const [, sign = '', whole = '', fraction = ''] = match;
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** `0.9153` → `91.5 %`, cut to one decimal: 100.0 % is shown for nothing less. */
export function percent(ratio: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(ratio);
  if (match === null) return ratio;
  const [, sign = '', whole = '', fraction = ''] = match;
  const tenths = BigInt(whole + fraction.slice(0, 3).padEnd(3, '0'));
  return `${sign}${grouped((tenths / 10n).toString())}.${tenths % 10n} %`;
}

/** The sum of decimal strings of one currency, exactly. */
export function sumOf(amounts: readonly string[], currency: string): string {
  if (!isCurrency(currency)) return '';
  const total = amounts.reduce((sum, amount) => sum + (minorOf(amount, currency) ?? 0n), 0n);
  return moneyText(total, currency).amount;
}
