import type { CreditDecision, DocumentRef, OrderStatus } from '@duestream/domain';
import type { ProblemDetails } from './problem';

export type AnswerStatus = 'accepted' | 'duplicate' | 'waiting' | 'refused';

/** What a message did. A duplicate carries the first decision and the current status. */
export interface Answer {
  /** The message's own id; null when it could not be read. */
  readonly id: string | null;
  readonly status: AnswerStatus;
  /** The account's last revision after the message; null when the account does not exist. */
  readonly accountRevision: number | null;
  /** Opaque: pass it back as `Duestream-Min-Position`. Null when nothing was read or written. */
  readonly position: string | null;
  readonly decision?: CreditDecision;
  readonly orderStatus?: OrderStatus;
  readonly waitingFor?: readonly DocumentRef[];
  readonly problem?: ProblemDetails;
}

/** `POST /v1/messages`: one answer per message, in the order sent. */
export interface AnswerList {
  readonly items: readonly Answer[];
}

/** `POST …/orders/check`: the decision an order would get. Nothing is written. */
export interface OrderCheck {
  readonly decision: CreditDecision;
}
