import type { Instant } from '../../time/instant';
import type { LocalDate } from '../../time/local-date';

/** The account is blocked, or no longer, from a day on. */
export interface Block {
  readonly blocked: boolean;
  readonly on: LocalDate;
  readonly at: Instant;
  readonly revision: number;
}

/** Whether the account is blocked on a day: the latest entry by day counts, of one day the last recorded. */
export function isBlocked(blocks: readonly Block[], on: LocalDate): boolean {
  let last: Block | undefined;
  for (const block of blocks) if (block.on <= on && (last === undefined || block.on >= last.on)) last = block;
  return last?.blocked ?? false;
}
