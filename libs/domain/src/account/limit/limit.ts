import type { LocalDate } from '../../time/local-date';

/** One entry of the limit's schedule: days are inclusive; `minor` null means that none is set. */
export interface LimitEntry {
  readonly minor: bigint | null;
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate | null;
  readonly revision: number;
  readonly contentHash: string;
}

export type LimitOnDay =
  | { readonly kind: 'set'; readonly minor: bigint }
  | { readonly kind: 'not-set' }
  /** Amounts are set, but for other days. `validTo` of the one that ended last before, if any did. */
  | { readonly kind: 'not-valid'; readonly validTo: LocalDate | null };

/** Of the entries that cover a day the latest recorded counts. */
export function limitOn(limits: readonly LimitEntry[], day: LocalDate): LimitOnDay {
  const entry = limits.findLast((limit) => limit.validFrom <= day && (limit.validTo === null || day <= limit.validTo));
  if (entry !== undefined) return entry.minor === null ? { kind: 'not-set' } : { kind: 'set', minor: entry.minor };
  if (limits.every((limit) => limit.minor === null)) return { kind: 'not-set' };
  let validTo: LocalDate | null = null;
  for (const limit of limits) {
    if (limit.minor === null || limit.validTo === null || limit.validTo >= day) continue;
    if (validTo === null || limit.validTo > validTo) validTo = limit.validTo;
  }
  return { kind: 'not-valid', validTo };
}
