import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { LogRecord } from './log';

const prepared = new WeakMap<LogRecord, Buffer>();

/** An event as the server gives it, in a stream as among all: with its place in the log, and its bytes untouched. */
export function eventAnswer(record: LogRecord): ReadResp {
  const bytes = prepared.get(record) ?? Buffer.from(makeAnswer(record).serializeBinary());
  prepared.set(record, bytes);
  return new PreparedAnswer(bytes);
}

/** Most of the time of a read went into writing the same events again. */
export function serializeAnswer(response: ReadResp): Buffer {
  return response instanceof PreparedAnswer ? response.bytes : Buffer.from(response.serializeBinary());
}

class PreparedAnswer extends ReadResp {
  constructor(readonly bytes: Buffer) {
    super();
  }
}

function makeAnswer(record: LogRecord): ReadResp {
  const { streamId, revision, position, id, type, contentType, data, metadata } = record;
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(id))
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(streamId, 'utf8')))
    .setStreamRevision(String(revision))
    .setCommitPosition(String(position))
    .setPreparePosition(String(position))
    .setData(data)
    .setCustomMetadata(metadata);
  // .NET counts in ticks of 100 ns.
  recorded.getMetadataMap().set('type', type).set('content-type', contentType).set('created', '17900000000000000');
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(position)));
}
