const DECIMAL = /^(\d{1,18})(?:\.(\d{1,9}))?$/;

/** An exact non-negative fraction. */
export interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/** `12.5` is 125/10. Throws on anything else: the text is a policy's own, checked where policies are loaded. */
export function ratioOf(decimal: string): Ratio {
  const match = DECIMAL.exec(decimal);
  if (match === null) throw new RangeError(`not a decimal: ${decimal}`);
  const fraction = match[2] ?? '';
  return { over: BigInt((match[1] ?? '') + fraction), under: 10n ** BigInt(fraction.length) };
}

/** Whether a/b > ratio, exactly; false when b is zero. */
export function exceeds(a: bigint, b: bigint, ratio: Ratio): boolean {
  return b > 0n && a * ratio.under > ratio.over * b;
}

/** a/b as a decimal with `digits` decimals, half-up; null when b is zero. For showing, never for deciding. */
export function decimalRatio(a: bigint, b: bigint, digits: number): string | null {
  if (b <= 0n) return null;
  const scale = 10n ** BigInt(digits);
  const scaled = (2n * a * scale + b) / (2n * b);
  const text = scaled.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
