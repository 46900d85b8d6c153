import type { PublicEvent } from '@duestream/contracts';

/** An event that a batch takes, with its number in the order in which this generation took it. */
export interface Taken<E extends PublicEvent = PublicEvent> {
  readonly event: E;
  readonly accountId: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly effectiveAt: string;
  readonly seq: number;
}

export type OfType<T extends PublicEvent['type']> = Extract<PublicEvent, { type: T }>;

/** What every row keeps of the event that made it. */
export function recorded(taken: Taken): { recordedAt: string; seq: number } {
  return { recordedAt: taken.recordedAt, seq: taken.seq };
}
