import type { Currency } from '../../money/currencies';
import { latest, type LocalDate } from '../../time/local-date';
import type { DocumentKey } from '../documents';
import { sumOf, type Dated } from '../dated';

/** Money that can settle open items: a payment or a credit note. */
export interface Cash {
  readonly kind: 'payment' | 'credit-note';
  readonly company: string;
  readonly number: string;
  readonly currency: Currency;
  /** Received or issued on. */
  readonly on: LocalDate;
  readonly minor: bigint;
  /** What changed the rest, the whole amount first. */
  readonly moves: readonly Dated[];
  /** The last day on which the end of an application that had stood before made it free again. */
  readonly freedOn: LocalDate | null;
  readonly applications: readonly Application[];
  /** How many applications there ever were: numbers the automatic ones. */
  readonly applied: number;
  readonly refunded: bigint;
  readonly lastRefundOn: LocalDate | null;
  readonly reversed: boolean;
}

/** A standing application; `minor` is what still stands of it. */
export interface Application {
  readonly number: string;
  readonly company: string;
  readonly invoice: DocumentKey;
  readonly item: number;
  readonly minor: bigint;
  readonly on: LocalDate;
}

/** What can still be applied or refunded once everything recorded has taken effect. */
export function restOf(cash: Cash): bigint {
  return sumOf(cash.moves);
}

export function lastEffectOfCash(cash: Cash): LocalDate {
  return latest(cash.on, ...cash.moves.map((move) => move.on));
}

export function categoryOf(cash: Pick<Cash, 'kind'>): 'unappliedCash' | 'creditNotes' {
  return cash.kind === 'payment' ? 'unappliedCash' : 'creditNotes';
}
