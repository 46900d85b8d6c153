import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleUnaryCall,
  ServerReadableStream,
} from '@grpc/grpc-js';
import { Empty, UUID } from '@eventstore/db-client/generated/shared_pb';
import {
  AppendResp,
  DeleteResp,
  TombstoneResp,
  type AppendReq,
  type BatchAppendReq,
  type BatchAppendResp,
  type DeleteReq,
  type TombstoneReq,
} from '@eventstore/db-client/generated/streams_pb';
import { batchAnswer } from './batch-answer';
import type { AppendOutcome, Expected, ProposedEvent } from './log';
import type { Node } from './node';
import { refusalError, type Refusal } from './refusals';

const MAX_APPEND_BYTES = 1_048_576;
const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Write {
  readonly streamId: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
}

/** What became of a write; null: the connection was cut, there is nobody to answer. */
type Answer = AppendOutcome | { readonly kind: 'refused'; readonly refusal: Refusal } | null;

/** One append per call: options first, then its events. A call that is broken off between them writes nothing. */
export function appendService(node: Node): handleClientStreamingCall<AppendReq, AppendResp> {
  return (call, callback) => {
    node.calls.append += 1;
    let options: AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const proposed = request.getProposedMessage();
      if (proposed !== undefined) events.push(eventOf(proposed));
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      const streamId = nameOf(options?.getStreamIdentifier()?.getStreamName_asU8());
      const write = { streamId, expected: expectedOf(options), events };
      void performWhole(node, call, write).then((answer) => {
        if (answer === null) return;
        if (answer.kind === 'refused') callback(refusalError(answer.refusal));
        else if (answer.kind === 'tombstoned') callback(refusalError({ says: 'stream-deleted', streamId }));
        else callback(null, appendAnswer(answer, write.expected));
      });
    });
  };
}

/** Many appends over one call, each with a correlation id, answered in any order. */
export function batchAppendService(node: Node): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> {
  return (call) => {
    const underway = new Map<string, { write: Write; events: ProposedEvent[] }>();
    call.on('data', (request: BatchAppendReq) => {
      const correlation = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options !== undefined) {
        node.calls.batchAppend += 1;
        const streamId = nameOf(options.getStreamIdentifier()?.getStreamName_asU8());
        const events: ProposedEvent[] = [];
        underway.set(correlation, { write: { streamId, expected: batchExpectedOf(options), events }, events });
      }
      const one = underway.get(correlation);
      if (one === undefined) return;
      one.events.push(...request.getProposedMessagesList().map(eventOf));
      if (!request.getIsFinal()) return;
      underway.delete(correlation);
      void perform(node, one.write, call.metadata).then((answer) => {
        if (answer === null) return;
        const response = batchAnswer(answer, one.write);
        call.write(response.setCorrelationId(new UUID().setString(correlation)));
      });
    });
    call.on('error', () => undefined);
    call.on('end', () => call.end());
  };
}

export function deleteService(node: Node): handleUnaryCall<DeleteReq, DeleteResp> {
  return (call, callback) => {
    const options = call.request.getOptions();
    const streamId = nameOf(options?.getStreamIdentifier()?.getStreamName_asU8());
    const expected = options?.hasAny() === true ? 'any' : BigInt(options?.getRevision() ?? 0);
    const outcome = node.log.delete(streamId, expected);
    if (outcome.kind === 'written') callback(null, new DeleteResp().setNoPosition(new Empty()));
    else if (outcome.kind === 'tombstoned') callback(refusalError({ says: 'stream-deleted', streamId }));
    else callback(refusalError(wrongVersion(streamId, expected, outcome.current)));
  };
}

export function tombstoneService(node: Node): handleUnaryCall<TombstoneReq, TombstoneResp> {
  return (call, callback) => {
    const streamId = nameOf(call.request.getOptions()?.getStreamIdentifier()?.getStreamName_asU8());
    const outcome = node.log.tombstone(streamId);
    if (outcome.kind === 'wrong-version') callback(refusalError(wrongVersion(streamId, 'any', outcome.current)));
    else callback(null, new TombstoneResp().setNoPosition(new Empty()));
  };
}

/** The stream of a call that was broken off ends too, and only afterwards the call says that it was. */
async function performWhole(
  node: Node,
  call: ServerReadableStream<AppendReq, AppendResp>,
  write: Write,
): Promise<Answer> {
  await nextTurn();
  return call.cancelled ? null : perform(node, write, call.metadata);
}

async function perform(node: Node, write: Write, metadata: Parameters<Node['refusalOf']>[0]): Promise<Answer> {
  underway.set(node, (underway.get(node) ?? 0) + 1);
  node.calls.appendsAtOnce = Math.max(node.calls.appendsAtOnce, underway.get(node) ?? 0);
  try {
    return await performOne(node, write, metadata);
  } finally {
    underway.set(node, (underway.get(node) ?? 1) - 1);
  }
}

const underway = new WeakMap<Node, number>();

async function performOne(node: Node, write: Write, metadata: Parameters<Node['refusalOf']>[0]): Promise<Answer> {
  const fault = node.faults.takeAppend();
  if (fault?.kind === 'hold') await fault.until;
  if (fault?.kind === 'rival') fault.act();
  if (fault?.kind === 'cut-before') return node.cut();
  const refusal = fault?.kind === 'refuse' ? fault.refusal : (node.refusalOf(metadata) ?? unfit(write.events));
  if (refusal !== null) return { kind: 'refused', refusal };
  const outcome = node.log.append(write.streamId, write.expected, write.events);
  return fault?.kind === 'cut-after' ? node.cut() : outcome;
}

/** The size is that of the whole append: data, metadata, and types as UTF-16 (`Event.SizeOnDisk` of the server). */
function unfit(events: readonly ProposedEvent[]): Refusal | null {
  let bytes = 0;
  for (const { id, type, data, metadata } of events) {
    if (!UUID_TEXT.test(id)) return { says: 'bad-request' };
    bytes += data.length + metadata.length + 2 * type.length;
  }
  return bytes > MAX_APPEND_BYTES ? { says: 'too-large', limitBytes: MAX_APPEND_BYTES } : null;
}

function appendAnswer(outcome: Exclude<AppendOutcome, { kind: 'tombstoned' }>, expected: Expected): AppendResp {
  if (outcome.kind === 'wrong-version') return new AppendResp().setWrongExpectedVersion(wrongAnswer(outcome, expected));
  const { lastRevision, position } = outcome;
  const success = new AppendResp.Success();
  if (lastRevision < 0n) success.setNoStream(new Empty());
  else success.setCurrentRevision(String(lastRevision));
  if (position === null) success.setNoPosition(new Empty());
  else {
    const at = new AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position));
    success.setPosition(at);
  }
  return new AppendResp().setSuccess(success);
}

function wrongAnswer(
  { current }: Extract<AppendOutcome, { kind: 'wrong-version' }>,
  expected: Expected,
): AppendResp.WrongExpectedVersion {
  const answer = new AppendResp.WrongExpectedVersion();
  if (current === null) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentRevision(String(current));
  if (expected === 'no-stream') return answer.setExpectedNoStream(new Empty());
  if (expected === 'stream-exists') return answer.setExpectedStreamExists(new Empty());
  return expected === 'any' ? answer.setExpectedAny(new Empty()) : answer.setExpectedRevision(String(expected));
}

function wrongVersion(streamId: string, expected: Expected, actual: bigint | null): Refusal {
  return { says: 'wrong-version', streamId, expected: typeof expected === 'bigint' ? expected : -2n, actual };
}

function eventOf(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const described = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: described.get('type') ?? '',
    contentType: described.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function expectedOf(options: AppendReq.Options | undefined): Expected {
  if (options?.hasRevision() === true) return BigInt(options.getRevision());
  if (options?.hasNoStream() === true) return 'no-stream';
  return options?.hasStreamExists() === true ? 'stream-exists' : 'any';
}

function batchExpectedOf(options: BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  if (options.hasNoStream()) return 'no-stream';
  return options.hasStreamExists() ? 'stream-exists' : 'any';
}

function nameOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
