/**
 * The event store as everything above it sees it. Two engines stand behind it (PostgreSQL, EventStoreDB), so it
 * promises only what both can keep: an append to one stream is atomic, appends to several streams succeed or fail one
 * by one, positions are opaque.
 */
export interface EventStore {
  /**
   * Appends each batch to its own stream, atomically per batch; the engine may put many in one commit. Results come in
   * the order of the batches. No stream may occur twice in one call. Repeating a batch with the same event ids and
   * the same expected revision answers what the first one answered and writes nothing. The same ids at another
   * revision are not the caller's to send: PostgreSQL refuses them, EventStoreDB may write them twice.
   *
   * Failures are answers, not rejections. It rejects with a RangeError for what no correct caller sends.
   */
  append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]>;

  /** Events of one stream from a revision (inclusive), at most `limit`. An unknown stream gives none. */
  readStream(streamId: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]>;

  /** Single events of one stream by revision, in the order asked; revisions that do not exist are left out. */
  readRevisions(streamId: string, revisions: readonly number[]): Promise<readonly StoredEvent[]>;

  /** The stream's last event, or null. */
  readHead(streamId: string): Promise<StoredEvent | null>;

  /**
   * Events of all streams after a position (exclusive; null: from the start), in the store's order, at most `limit`.
   * Never skips one that commits later. A page may hold fewer than `limit`, or none, without being the last.
   */
  readAll(options: ReadAllOptions): Promise<ReadAllPage>;

  /** Catches up from a position and stays. Delivers batches in order, one at a time: the next after the handler's promise. */
  subscribeToAll(options: SubscribeOptions): Subscription;

  /** Negative, zero or positive as position a is before, at or after b. */
  comparePositions(a: string, b: string): number;

  /**
   * Whether this store gives such a text out as a position. Whoever can write to its tables can put an event elsewhere:
   * that one is read and compared like any other.
   */
  isPosition(text: string): boolean;

  /** A snapshot is a cache: it may be missing or deleted at any time, and saving one may fail. */
  loadSnapshot(streamId: string, schema: string): Promise<Snapshot | null>;
  saveSnapshot(streamId: string, snapshot: Snapshot): Promise<void>;
  deleteSnapshots(streamId?: string): Promise<void>;

  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

export interface EventToAppend {
  /** UUID, derived from the command, so that the identical batch can be repeated. */
  readonly id: string;
  readonly type: string;
  /** JSON text. Its bytes are kept as they are. */
  readonly data: string;
  /** JSON text as `JSON.stringify` writes it, because an engine may parse it and write it again. */
  readonly metadata: string;
}

export interface StoreHealth {
  readonly ready: boolean;
  /** Why it is not ready, or, when it is, what an operator should look at. */
  readonly reason?: string;
}

/**
 * What an engine keeps about its streams beside their events, written with them: where each must end. The audit holds
 * the events against it, so that dropping the last of a stream is seen.
 */
export interface StreamDirectory {
  /** In the order of stream ids, after one of them (null: from the first), at most `limit`. */
  readHeads(options: ReadAllOptions): Promise<readonly StreamHead[]>;
  findHead(streamId: string): Promise<StreamHead | null>;
  /** Streams that have events and, against the rules, no head. */
  streamsWithoutHead(limit: number): Promise<readonly string[]>;
  /** A position after everything that has been committed: an event at or after it can't have come there by an append. */
  readEnd(): Promise<string>;
}

export interface StreamHead {
  readonly streamId: string;
  readonly revision: number;
  /** Hash in the last event's metadata; null where it has none. */
  readonly hash: string | null;
}

/** Facts about the store as a whole that are settled once. */
export interface StoreSettings {
  getSetting(name: string): Promise<string | null>;
  /** Answers the value that stands: this one while the store has no events, the first one for ever after. */
  putSettingOnce(name: string, value: string): Promise<string>;
}

/** All that an engine gives. */
export interface EventStoreEngine extends EventStore, StreamDirectory, StoreSettings {}

/** Of one batch, with every engine: what a write to one stream may weigh. */
export const MAX_APPEND_BYTES = 1_048_576;

/** What an event weighs in its batch. */
export function bytesOf({ id, type, data, metadata }: EventToAppend): number {
  return id.length + Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata);
}

/** Events that one read gives at most. */
export const MAX_PAGE = 10_000;

export interface AppendBatch {
  readonly streamId: string;
  /** The revision of the stream's last event; -1 when it must not exist yet. */
  readonly expectedRevision: number;
  readonly events: readonly EventToAppend[];
}

export type AppendResult =
  | { readonly ok: true; readonly lastRevision: number; readonly position: string }
  | { readonly ok: false; readonly error: EventStoreError };

export interface StoredEvent {
  readonly streamId: string;
  readonly revision: number;
  /** Opaque; compare with `comparePositions`. */
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface ReadStreamOptions {
  /** Default 0, or the stream's end when backwards. */
  readonly fromRevision?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit: number;
}

export interface ReadAllOptions {
  readonly after: string | null;
  readonly limit: number;
}

export interface ReadAllPage {
  readonly events: readonly StoredEvent[];
  /** Where to go on; equals `after` when there is nothing more. */
  readonly position: string | null;
  /** True when the page ends at the store's safe end as it was when read. */
  readonly atEnd: boolean;
}

export interface SubscribeOptions {
  readonly after: string | null;
  readonly batchSize: number;
  /** How long to wait for more after being woken, so that events gather into one batch. */
  readonly lingerMs: number;
  onEvents(events: readonly StoredEvent[], position: string): Promise<void>;
  /** Called whenever the subscription has delivered everything that was readable. */
  onCaughtUp?(position: string | null): void;
  /** A failed read or handler: the subscription backs off and goes on from the last delivered position. */
  onError(error: Error): void;
}

export interface Subscription {
  /** Stops after the batch at hand. */
  stop(): Promise<void>;
}

export interface Snapshot {
  readonly revision: number;
  /** Names the shape of `state`; another shape is as good as none. */
  readonly schema: string;
  readonly state: string;
}

export type EventStoreErrorCode =
  'wrong-expected-revision' | 'too-large' | 'unavailable' | 'outcome-unknown' | 'closed';

/** The closed set of failures. */
export abstract class EventStoreError extends Error {
  abstract readonly code: EventStoreErrorCode;
}

/** Somebody else wrote. `actual` is the stream's last revision, -1 when there is no stream. */
export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'wrong-expected-revision';
  constructor(
    readonly streamId: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`stream ${streamId} is at revision ${actual}, not ${expected}`);
  }
}

/** One event, or one batch, over the engine's limit. Nothing was written. */
export class TooLarge extends EventStoreError {
  readonly code = 'too-large';
  constructor(
    readonly streamId: string,
    readonly bytes: number,
    readonly limitBytes: number,
  ) {
    super(`${bytes} bytes for stream ${streamId}, at most ${limitBytes} fit one append`);
  }
}

/** The engine is away and nothing was written: try again later. One that cannot tell answers `OutcomeUnknown`. */
export class Unavailable extends EventStoreError {
  readonly code = 'unavailable';
}

/** The connection was lost before the answer: repeat the identical batch until it answers. */
export class OutcomeUnknown extends EventStoreError {
  readonly code = 'outcome-unknown';
}

/** `close` was called. */
export class StoreClosed extends EventStoreError {
  readonly code = 'closed';
}
