import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  EventStoreError,
  OutcomeUnknown,
  TooLarge,
  Unavailable,
  WrongExpectedRevision,
  type AppendBatch,
} from '../port';

/**
 * What a failed append means. Only what the server refuses in so many words is known not to be written; a dead server
 * answers with the same error as a lost answer, so everything else is unknown.
 */
export function appendError(
  error: unknown,
  { streamId, expectedRevision }: AppendBatch,
  bytes: number,
): EventStoreError {
  if (error instanceof EventStoreError) return error;
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : -1;
    return new WrongExpectedRevision(streamId, expectedRevision, actual);
  }
  if (error instanceof MaxAppendSizeExceededError) return new TooLarge(streamId, bytes, error.maxAppendSize);
  const refusal = refusalOf(error);
  if (refusal !== null) return new Unavailable(refusal, { cause: error });
  return new OutcomeUnknown(`no answer from the event store: ${reasonOf(error)}`, { cause: error });
}

export function readError(error: unknown): EventStoreError | RangeError {
  if (error instanceof EventStoreError || error instanceof RangeError) return error;
  const reason = refusalOf(error) ?? `no connection to the event store: ${reasonOf(error)}`;
  return new Unavailable(reason, { cause: error });
}

/** Why the server will not do it, where it said so. */
function refusalOf(error: unknown): string | null {
  if (error instanceof AccessDeniedError) return 'the event store refused access: wrong user, password or rights';
  if (error instanceof NotLeaderError) return `the event store's node does not lead: ${error.leader.address} does`;
  if (error instanceof StreamDeletedError) return `the stream was deleted in the event store: ${error.streamName}`;
  return null;
}

/** Errors of appends have no message, and raw gRPC errors no type. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'type' in error ? String(error.type) : error.name;
}
