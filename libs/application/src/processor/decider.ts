import type {
  AccountId,
  Command,
  CreditDecision,
  Enforcement,
  Instant,
  LocalDate,
  RecordedEvent,
  Result,
} from '@duestream/domain';

/** What every state tells the processor of itself. States are immutable: a draft can be thrown away. */
export interface FoldedState {
  /** Revision of the last event, -1 before the first. */
  readonly revision: number;
  readonly lastRecordedAt: Instant | null;
}

/** What a decision may use besides the account's own past. */
export interface DecidingMoment {
  readonly businessDate: LocalDate;
  readonly recordedAt: Instant;
  readonly enforcement: Enforcement;
}

/** The domain as the processor sees it: pure functions over one account. */
export interface AccountDecider<State extends FoldedState> {
  /** Names the shape of serialised states; a snapshot of another shape is ignored. */
  readonly schema: string;
  initialState(accountId: AccountId): State;
  /** Revisions of closed documents' events that the command needs; asked again after each loading, until none. */
  needs(command: Command, state: State): readonly number[];
  withLoaded(state: State, events: readonly RecordedEvent[]): State;
  decide(command: Command, state: State, moment: DecidingMoment): Result<State>;
  evolve(state: State, event: RecordedEvent): State;
  /** The text of a state, in parts that may be taken with other work in between. */
  serialise(state: State): Iterable<string>;
  /** Null for a text that is no state of this shape. */
  parse(text: string): State | null;
  approximateBytes(state: State): number;
}

/** The decision that an event records, where it is one of credit. */
export function decisionIn(event: RecordedEvent): CreditDecision | null {
  switch (event.type) {
    case 'credit.approved.v1':
    case 'credit.held.v1':
    case 'credit.rejected.v1':
    case 'credit.observed.v1':
    case 'credit.released.v1':
      return event.data.decision;
    default:
      return null;
  }
}
