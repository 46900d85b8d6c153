import type { Actor } from '@duestream/contracts';
import type {
  AccountEvent,
  Command,
  CreditDecision,
  DocumentRef,
  Enforcement,
  OrderStatus,
  RecordedEvent,
  Refusal,
} from '@duestream/domain';

/** What a command brings along besides its own content. */
export interface CommandContext {
  readonly actor: Actor;
  readonly enforcement: Enforcement;
  /** `document`: each message is decided as on the date of its document (import of history). */
  readonly businessDate: 'today' | 'document';
  /** Refused as stale when the account stands elsewhere. */
  readonly expectedRevision?: number;
  readonly correlationId?: string;
}

export interface CommandRequest {
  readonly command: Command;
  readonly context: CommandContext;
}

/** The account as it stood when the answer was given; both null for an account without events. */
interface Standing {
  readonly accountRevision: number | null;
  readonly position: string | null;
}

export interface RecordedAnswer extends Standing {
  readonly status: 'accepted' | 'waiting';
  /** Types of the events that the command wrote, in their order. */
  readonly eventTypes: readonly AccountEvent['type'][];
  readonly decision?: CreditDecision;
  readonly orderStatus?: OrderStatus;
  readonly waitingFor?: readonly DocumentRef[];
}

export interface DuplicateAnswer extends Standing {
  readonly status: 'duplicate';
  /** Of the event that recorded the message the first time. */
  readonly firstRevision: number;
  readonly decision?: CreditDecision;
  readonly orderStatus?: OrderStatus;
  readonly waitingFor?: readonly DocumentRef[];
}

export interface RefusedAnswer extends Standing {
  readonly status: 'refused';
  readonly refusal: Refusal | StaleRefusal;
  /** For a conflict: what was recorded under this key, and what was sent now. */
  readonly contents?: { readonly recorded: RecordedEvent; readonly sent: unknown };
}

export type Answer = RecordedAnswer | DuplicateAnswer | RefusedAnswer;

/** The caller's `expectedRevision` is not the account's. */
export interface StaleRefusal {
  readonly kind: 'stale';
  readonly code: 'account.revision-stale';
  readonly detail: string;
  readonly facts: Readonly<Record<string, string>>;
}
