import type { CreditDecision } from '../policy/decision';
import type { DocumentRef } from './documents';
import type { AccountEvent } from './events';
import type { OrderStatus } from './order/standing';
import type { AccountState } from './state';

/** Why a command changes nothing. `code` is stable; `facts` carry the numbers involved, as text. */
export interface Refusal {
  readonly kind: 'unknown' | 'conflict' | 'rule';
  readonly code: string;
  readonly detail: string;
  /** The field of `data` that is at fault. */
  readonly field?: string;
  /** What of the command itself is at fault, where it is nothing in its data. */
  readonly commandField?: 'accountId' | 'id';
  readonly facts?: Readonly<Record<string, string>>;
  /** For a conflict: the revision of the event that holds the first content. */
  readonly firstRevision?: number;
}

export interface Answered {
  readonly decision?: CreditDecision;
  readonly orderStatus?: OrderStatus;
  readonly waitingFor?: readonly DocumentRef[];
}

export type Result<State = AccountState> =
  | ({
      readonly status: 'accepted' | 'waiting';
      readonly events: readonly AccountEvent[];
      /** What `evolve` makes of the events, one after the other; deciding has worked it out already. */
      readonly state: State;
    } & Answered)
  | ({
      readonly status: 'duplicate';
      /** The event that recorded the message the first time. */
      readonly firstRevision: number;
      /** The credit decision given then, where there was one. */
      readonly decisionRevision?: number;
    } & Answered)
  | { readonly status: 'refused'; readonly refusal: Refusal };
