import type { AccountId } from '@duestream/domain';

/**
 * - `missing`: a revision that must be there is not.
 * - `altered`: the event is not what was hashed when it was written.
 * - `moved`: the event is intact but stands at another revision than the one it was written at.
 * - `inserted`: an event where none was written.
 * - `out-of-order`: its place among all events contradicts its revision, or it was recorded before the one before it.
 * - `wrong-id`: the id does not follow from the command.
 * - `head-differs`: the last event is not the one that the stream's head names, or there is no head.
 */
export type DamageKind = 'missing' | 'altered' | 'moved' | 'inserted' | 'out-of-order' | 'wrong-id' | 'head-differs';

/** What is wrong with one event of one stream. */
export interface Damage {
  readonly streamId: string;
  /** Null when the stream is not an account's. */
  readonly accountId: AccountId | null;
  readonly revision: number;
  readonly kind: DamageKind;
  readonly detail: string;
}

/** Damage within the stream at hand. */
export type Finding = Omit<Damage, 'streamId' | 'accountId'>;
