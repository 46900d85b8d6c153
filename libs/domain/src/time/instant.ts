import { isLocalDate } from './local-date';

declare const instantBrand: unique symbol;

/** A moment in UTC, RFC 3339 with milliseconds and `Z`: `2026-03-02T09:15:00.000Z`. Compares correctly as a string. */
export type Instant = string & { readonly [instantBrand]: true };

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** The instant that an RFC 3339 text names, to the millisecond, or null when it names none. */
export function parseInstant(text: string): Instant | null {
  const match = RFC3339.exec(text);
  if (match === null || !isLocalDate(match[1] ?? '')) return null;
  if (Number(match[2]) > 23 || Number(match[3]) > 59 || Number(match[4]) > 59) return null;
  const millis = Date.parse(text.toUpperCase());
  return Number.isNaN(millis) ? null : instantOfMillis(millis);
}

/** The instant of a Unix time in milliseconds, as the shell's clock gives it. */
export function instantOfMillis(millis: number): Instant {
  return new Date(millis).toISOString() as Instant;
}
