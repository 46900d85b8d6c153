import type { LocalDate } from '../time/local-date';

/** Signed minor units that count from a day. */
export interface Dated {
  readonly minor: bigint;
  readonly on: LocalDate;
}

/** The sum whatever the day. */
export function sumOf(moves: readonly Dated[]): bigint {
  let sum = 0n;
  for (const move of moves) sum += move.minor;
  return sum;
}
