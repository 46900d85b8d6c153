export type ProcessorErrorCode =
  'overloaded' | 'contended' | 'pending' | 'store-unavailable' | 'outcome-unknown' | 'too-large' | 'closing' | 'broken';

/** Why a command got no answer. All but `too-large` and `broken` are worth a repetition with the same id. */
export abstract class ProcessorError extends Error {
  abstract readonly code: ProcessorErrorCode;
}

/** A queue is full. Nothing was taken. */
export class Overloaded extends ProcessorError {
  readonly code = 'overloaded';
  constructor(
    readonly waiting: number,
    readonly limit: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`${waiting} commands would wait, at most ${limit} may`);
  }
}

/** Other writers were faster every time. Nothing was written. */
export class Contended extends ProcessorError {
  readonly code = 'contended';
  constructor(
    readonly accountId: string,
    readonly attempts: number,
  ) {
    super(`account ${accountId} was changed by others ${attempts} times in a row`);
  }
}

/** The store did not take it, after some repetitions. Nothing was written. */
export class StoreUnavailable extends ProcessorError {
  readonly code = 'store-unavailable';
  constructor(cause: unknown) {
    super('the event store is not available', { cause });
  }
}

/** The process closed before the store told whether the events were written: a repetition finds out. */
export class OutcomeStillUnknown extends ProcessorError {
  readonly code = 'outcome-unknown';
  constructor() {
    super('the connection to the event store was lost before it answered');
  }
}

/** No answer in the time that somebody waits for one. It may still be written: a repetition with the same id finds out. */
export class AnswerPending extends ProcessorError {
  readonly code = 'pending';
  constructor(readonly waitedMs: number) {
    super(`there is no answer yet after ${waitedMs} ms`);
  }
}

/** One command's events exceed what the store takes in one write. */
export class CommandTooLarge extends ProcessorError {
  readonly code = 'too-large';
  constructor(
    readonly bytes: number,
    readonly limitBytes: number,
  ) {
    super(`the command gives ${bytes} bytes of events, at most ${limitBytes} fit one write`);
  }
}

/** The processor takes no more commands. */
export class ProcessorClosing extends ProcessorError {
  readonly code = 'closing';
  constructor() {
    super('the account processor is closing');
  }
}

/** A defect: the domain threw, or an invariant did not hold. Nothing of this command was written. */
export class DecisionBroken extends ProcessorError {
  readonly code = 'broken';
  constructor(
    readonly accountId: string,
    cause: unknown,
  ) {
    super(`a command of account ${accountId} could not be decided`, { cause });
  }
}
