import { Empty as ProtobufEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import {
  AccessDenied,
  AllStreamPosition,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  StreamIdentifier,
  Timeout,
  Unknown,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { Write } from './append-service';
import type { AppendOutcome, Expected } from './log';
import type { Refusal } from './refusals';

/** The answer to one append of a batch call: errors are details of a status, not of the call. */
export function batchAnswer(
  answer: AppendOutcome | { readonly kind: 'refused'; readonly refusal: Refusal },
  { streamId, expected }: Write,
): BatchAppendResp {
  const response = new BatchAppendResp().setStreamIdentifier(
    new StreamIdentifier().setStreamName(Buffer.from(streamId, 'utf8')),
  );
  if (answer.kind !== 'written') {
    const [details, name] = detailsOf(answer, expected);
    const any = new Any();
    any.pack(details.serializeBinary(), `event_store.client.${name}`);
    return response.setError(new Status().setMessage(name).setDetails(any));
  }
  const { lastRevision, position } = answer;
  const success = new BatchAppendResp.Success();
  if (lastRevision < 0n) success.setNoStream(new ProtobufEmpty());
  else success.setCurrentRevision(String(lastRevision));
  if (position === null) success.setNoPosition(new ProtobufEmpty());
  else {
    const at = new AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position));
    success.setPosition(at);
  }
  return response.setSuccess(success);
}

type Failure = Exclude<Parameters<typeof batchAnswer>[0], { kind: 'written' }>;

function detailsOf(answer: Failure, expected: Expected): readonly [{ serializeBinary(): Uint8Array }, name: string] {
  if (answer.kind === 'tombstoned') return [new StreamDeleted(), 'StreamDeleted'];
  if (answer.kind === 'wrong-version') return [wrongVersion(answer.current, expected), 'WrongExpectedVersion'];
  const { refusal } = answer;
  if (refusal.says === 'access-denied') return [new AccessDenied(), 'AccessDenied'];
  if (refusal.says === 'timeout') return [new Timeout(), 'Timeout'];
  if (refusal.says === 'too-large') {
    return [new MaximumAppendSizeExceeded().setMaxappendsize(refusal.limitBytes), 'MaximumAppendSizeExceeded'];
  }
  return [new Unknown(), 'Unknown'];
}

function wrongVersion(current: bigint | null, expected: Expected): WrongExpectedVersion {
  const details = new WrongExpectedVersion();
  if (current === null) details.setCurrentNoStream(new ProtobufEmpty());
  else details.setCurrentStreamRevision(String(current));
  if (typeof expected === 'bigint') return details.setExpectedStreamPosition(String(expected));
  if (expected === 'no-stream') return details.setExpectedNoStream(new ProtobufEmpty());
  return expected === 'any'
    ? details.setExpectedAny(new ProtobufEmpty())
    : details.setExpectedStreamExists(new ProtobufEmpty());
}
