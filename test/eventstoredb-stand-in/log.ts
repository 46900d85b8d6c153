/** One event in the log of the stand-in. */
export interface LogRecord {
  /** Byte offset in the log. An event that is written at once commits itself, so commit and prepare are the same. */
  readonly position: bigint;
  readonly streamId: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type ProposedEvent = Pick<LogRecord, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;

export type Expected = 'any' | 'no-stream' | 'stream-exists' | bigint;

export type AppendOutcome =
  | { readonly kind: 'written'; readonly lastRevision: bigint; readonly position: bigint | null }
  /** `current` is null where there is no stream. */
  | { readonly kind: 'wrong-version'; readonly current: bigint | null }
  | { readonly kind: 'tombstoned' };

interface StreamOfLog {
  readonly records: LogRecord[];
  /** Events before it cannot be read: they were deleted, or fell out of `$maxCount`. */
  truncatedBefore: bigint;
  isTombstoned: boolean;
}

const NONE = -1n;
const RECORD_OVERHEAD_BYTES = 128;

/**
 * The events of one stand-in, or of several nodes of one cluster: what a write does to streams, as measured on real
 * servers. Kept in memory only.
 */
export class StandInLog {
  readonly records: LogRecord[] = [];
  private readonly streams = new Map<string, StreamOfLog>();
  private readonly listeners = new Set<() => void>();
  private end = 0n;

  constructor() {
    // A new database begins with events of its own, which no reader of ours must see.
    this.write('$users', [systemEvent('$User', { loginName: 'admin' }), systemEvent('$User', { loginName: 'ops' })]);
  }

  append(streamId: string, expected: Expected, events: readonly ProposedEvent[]): AppendOutcome {
    const stream = this.streams.get(streamId);
    if (stream?.isTombstoned === true) return { kind: 'tombstoned' };
    const last = stream?.records.at(-1)?.revision ?? NONE;
    const isGone = stream === undefined || stream.truncatedBefore > last;
    if (events.length === 0) return { kind: 'written', lastRevision: last, position: null };
    const repeated = this.repeated(streamId, expected, events, last, isGone);
    if (repeated !== null) return repeated;
    if (!fits(expected, last, isGone)) return { kind: 'wrong-version', current: last === NONE ? null : last };
    if (isGone && stream !== undefined) this.write(`$$${streamId}`, [metadataEvent(`{"$tb":${last + 1n}}`)]);
    const { revision, position } = this.write(streamId, events);
    return { kind: 'written', lastRevision: revision, position };
  }

  /** The stream's end can be appended to again, and numbering goes on. A missing one is a wrong version, always. */
  delete(streamId: string, expected: Expected): AppendOutcome {
    const stream = this.streams.get(streamId);
    const last = stream?.records.at(-1)?.revision ?? NONE;
    if (stream === undefined || stream.truncatedBefore > last) return { kind: 'wrong-version', current: null };
    if (expected !== 'any' && expected !== last) return { kind: 'wrong-version', current: last };
    stream.truncatedBefore = last + 1n;
    // Digits that a JSON number cannot hold: written as the server does.
    const { position } = this.write(`$$${streamId}`, [metadataEvent('{"$tb":9223372036854775807}')]);
    return { kind: 'written', lastRevision: last, position };
  }

  /** For good: nothing can be read from or written to the stream any more. */
  tombstone(streamId: string): AppendOutcome {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return { kind: 'wrong-version', current: null };
    stream.isTombstoned = true;
    const { revision, position } = this.write(streamId, [systemEvent('$streamDeleted', {})]);
    return { kind: 'written', lastRevision: revision, position };
  }

  /** What can be read of the stream, oldest first; null where there is none. */
  readable(streamId: string): readonly LogRecord[] | 'tombstoned' | null {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return null;
    if (stream.isTombstoned) return 'tombstoned';
    if (BigInt(stream.records.length) <= stream.truncatedBefore) return null;
    return stream.truncatedBefore === 0n ? stream.records : stream.records.slice(Number(stream.truncatedBefore));
  }

  /** Calls back after every write. Answers how to stop that. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The same ids at the same revision are the same write, a leading part of them too; more ids than before are not.
   * Without an exact revision it is found by the ids alone.
   */
  private repeated(
    streamId: string,
    expected: Expected,
    events: readonly ProposedEvent[],
    last: bigint,
    isGone: boolean,
  ): AppendOutcome | null {
    const records = this.streams.get(streamId)?.records ?? [];
    const first =
      typeof expected === 'bigint'
        ? expected + 1n
        : expected === 'no-stream'
          ? 0n
          : (records.find(({ id }) => id === events[0]?.id)?.revision ?? last + 1n);
    if (first > last || (expected === 'no-stream' && isGone)) return null;
    const found = records.slice(Number(first), Number(first) + events.length);
    const isSame = found.length === events.length && events.every(({ id }, index) => found[index]?.id === id);
    const final = found.at(-1);
    if (!isSame || final === undefined) return null;
    return { kind: 'written', lastRevision: final.revision, position: final.position };
  }

  private write(streamId: string, events: readonly ProposedEvent[]): LogRecord {
    const stream = this.streams.get(streamId) ?? {
      records: [],
      truncatedBefore: 0n,
      isTombstoned: false,
    };
    this.streams.set(streamId, stream);
    for (const event of events) {
      const revision = (stream.records.at(-1)?.revision ?? NONE) + 1n;
      const record = { ...event, streamId, revision, position: this.end };
      this.end += BigInt(RECORD_OVERHEAD_BYTES + event.data.length + event.metadata.length);
      stream.records.push(record);
      this.records.push(record);
    }
    if (streamId.startsWith('$$')) this.applyMetadata(streamId.slice(2));
    this.truncateToMaxCount(streamId, stream);
    for (const listener of this.listeners) listener();
    const final = stream.records.at(-1);
    if (final === undefined) throw new Error('nothing was written');
    return final;
  }

  private applyMetadata(streamId: string): void {
    const stream = this.streams.get(streamId);
    if (stream !== undefined) this.truncateToMaxCount(streamId, stream);
  }

  private truncateToMaxCount(streamId: string, stream: StreamOfLog): void {
    const newest = this.streams.get(`$$${streamId}`)?.records.at(-1);
    const written: unknown = newest === undefined ? {} : JSON.parse(Buffer.from(newest.data).toString('utf8'));
    const maxCount = written instanceof Object && '$maxCount' in written ? Number(written.$maxCount) : Infinity;
    const before = BigInt(Math.max(0, stream.records.length - maxCount));
    if (Number.isFinite(maxCount) && before > stream.truncatedBefore) stream.truncatedBefore = before;
  }
}

function fits(expected: Expected, last: bigint, isGone: boolean): boolean {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return isGone;
  if (expected === 'stream-exists') return !isGone;
  return expected === last;
}

function metadataEvent(json: string): ProposedEvent {
  return { ...systemEvent('$metadata', {}), data: Buffer.from(json) };
}

function systemEvent(type: string, data: object): ProposedEvent {
  return {
    id: crypto.randomUUID(),
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: new Uint8Array(),
  };
}

/** Index of the first record at or after a position. */
export function firstAt(records: readonly LogRecord[], position: bigint): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.position ?? position) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
