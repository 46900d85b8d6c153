import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { firstAt, type LogRecord } from './log';
import { eventAnswer } from './event-answer';
import type { Node } from './node';
import { refuse, send, type ReadCall } from './read-call';
import { subscribe } from './subscription';

/** Reads of a stream or of all, both ways, and subscriptions to all. */
export function readService(node: Node): handleServerStreamingCall<ReadReq, ReadResp> {
  return (call) => {
    call.on('error', () => undefined);
    node.calls.read += 1;
    void serve(node, call).catch((error: unknown) => call.destroy(error instanceof Error ? error : undefined));
  };
}

async function serve(node: Node, call: ReadCall): Promise<void> {
  const fault = node.faults.takeRead();
  if (fault?.kind === 'hold') await fault.until;
  if (fault?.kind === 'cut-before' || fault?.kind === 'cut-after') node.cut();
  const refusal = fault?.kind === 'refuse' ? fault.refusal : node.refusalOf(call.metadata);
  const options = call.request.getOptions();
  if (refusal !== null || options === undefined) return refuse(call, refusal ?? { says: 'bad-request' });
  if (options.hasSubscription()) return subscribe(node, call, options);
  const records = options.hasStream() ? streamRecords(node, options) : allRecords(node, options);
  if (records === 'tombstoned') {
    return refuse(call, { says: 'stream-deleted', streamId: streamOf(options) });
  }
  if (records === null) {
    const identifier = new StreamIdentifier().setStreamName(Buffer.from(streamOf(options), 'utf8'));
    call.write(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier)));
  } else {
    for (const record of records) {
      if (!(await send(call, eventAnswer(record)))) return;
    }
  }
  call.end();
}

function streamOf(options: ReadReq.Options): string {
  return Buffer.from(options.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
}

/** From a revision, inclusive either way. */
function streamRecords(node: Node, options: ReadReq.Options): readonly LogRecord[] | 'tombstoned' | null {
  const records = node.log.readable(streamOf(options));
  if (records === null || records === 'tombstoned') return records;
  const from = options.getStream();
  const revision = from?.hasRevision() === true ? Number(from.getRevision()) : null;
  // Numbers have no gaps.
  const first = Number(records[0]?.revision ?? 0);
  if (isForwards(options)) return page(records, revision === null ? 0 : revision - first, options);
  return page(records, revision === null ? records.length : revision - first + 1, options);
}

/** From a position: forwards inclusively, backwards not. A filter is not for reads: the client never sends one. */
function allRecords(node: Node, options: ReadReq.Options): readonly LogRecord[] {
  const { records } = node.log;
  const from = options.getAll();
  const position = from?.hasPosition() === true ? BigInt(from.getPosition()?.getCommitPosition() ?? 0) : null;
  const edge = isForwards(options) ? 0 : records.length;
  return page(records, position === null ? edge : firstAt(records, position), options);
}

/** As many as asked for, onwards from an index or back from before it. */
function page(records: readonly LogRecord[], index: number, options: ReadReq.Options): readonly LogRecord[] {
  const count = Number(options.getCount());
  if (isForwards(options)) return records.slice(Math.max(0, index), index + count);
  const end = Math.min(index, records.length);
  return records.slice(Math.max(0, end - count), Math.max(0, end)).reverse();
}

function isForwards(options: ReadReq.Options): boolean {
  return options.getReadDirection() === ReadReq.Options.ReadDirection.FORWARDS;
}
