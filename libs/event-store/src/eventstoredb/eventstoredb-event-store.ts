import {
  EventStoreError,
  StoreClosed,
  type AppendBatch,
  type AppendResult,
  type EventStoreEngine,
  type ReadAllOptions,
  type ReadAllPage,
  type ReadStreamOptions,
  type Snapshot,
  type StoredEvent,
  type StoreHealth,
  type StreamHead,
  type SubscribeOptions,
  type Subscription,
} from '../port';
import { ACCOUNT_STREAM_PREFIX } from '../stream-id';
import { appendBatches } from './append';
import { Connection } from './connection';
import { headOf, StreamHeads } from './directory';
import { comparePositions, isPosition, positionText } from './position';
import { isDeleted, readAll, readLastPosition, readRevisions, readStream } from './read';
import { getSetting, putSettingOnce } from './settings';
import { deleteSnapshots, loadSnapshot, saveSnapshot } from './snapshots';
import { keepNewest } from './keep-newest';
import { FollowingSubscription } from './subscription';
import { Turns } from './turns';

/** The server takes 100 calls at once on a connection (Kestrel's `MaxStreamsPerConnection`), and reads want some. */
const APPENDS_IN_FLIGHT = 80;

export interface EventStoreDbEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true`, several hosts, or `esdb+discover://`. */
  readonly connectionString: string;
  /** Appends that wait for an answer at once. */
  readonly appendsInFlight?: number;
  readonly appendTimeoutMs?: number;
  readonly readTimeoutMs?: number;
}

/**
 * The event store in EventStoreDB 23.10 or later. Its own log is all that is kept: other streams in it are left
 * alone.
 */
export class EventStoreDbEventStore implements EventStoreEngine {
  private readonly turns: Turns;
  private readonly heads = new StreamHeads((options) => this.readAll(options));
  private readonly subscriptions = new Set<Subscription>();
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly connection: Connection,
    appendsInFlight: number,
  ) {
    this.turns = new Turns(appendsInFlight);
  }

  /** Rejects with `Unavailable` when the server is away or refuses, or with `InvalidConnectionString`. */
  static async open(options: EventStoreDbEventStoreOptions): Promise<EventStoreDbEventStore> {
    const {
      connectionString,
      appendsInFlight = APPENDS_IN_FLIGHT,
      appendTimeoutMs = 10_000,
      readTimeoutMs = 15_000,
    } = options;
    const connection = new Connection({ connectionString, appendTimeoutMs, readTimeoutMs });
    const store = new EventStoreDbEventStore(connection, appendsInFlight);
    try {
      await readLastPosition(connection);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]> {
    const stranger = batches.find(({ streamId }) => !streamId.startsWith(ACCOUNT_STREAM_PREFIX));
    if (stranger !== undefined) throw new RangeError(`no reader of this store would see ${stranger.streamId}`);
    return appendBatches(this.connection, this.turns, batches);
  }

  async readStream(streamId: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    return readStream(this.connection, streamId, options);
  }

  async readRevisions(streamId: string, revisions: readonly number[]): Promise<readonly StoredEvent[]> {
    return readRevisions(this.connection, streamId, revisions);
  }

  async readHead(streamId: string): Promise<StoredEvent | null> {
    const [head] = await this.readStream(streamId, { direction: 'backwards', limit: 1 });
    return head ?? null;
  }

  async readAll(options: ReadAllOptions): Promise<ReadAllPage> {
    return readAll(this.connection, ACCOUNT_STREAM_PREFIX, options);
  }

  subscribeToAll(options: SubscribeOptions): Subscription {
    if (this.closing !== null) throw new StoreClosed('the event store is closed');
    const { client } = this.connection;
    const source = {
      client,
      prefix: ACCOUNT_STREAM_PREFIX,
      readAll: (page: ReadAllOptions) => this.readAll(page),
      readLastPosition: () => readLastPosition(this.connection),
    };
    const subscription = new FollowingSubscription(source, options);
    this.subscriptions.add(subscription);
    return {
      stop: async () => {
        this.subscriptions.delete(subscription);
        await subscription.stop();
      },
    };
  }

  comparePositions(a: string, b: string): number {
    return comparePositions(a, b);
  }

  isPosition(text: string): boolean {
    return isPosition(text);
  }

  async loadSnapshot(streamId: string, schema: string): Promise<Snapshot | null> {
    return loadSnapshot(this, streamId, schema);
  }

  async saveSnapshot(streamId: string, snapshot: Snapshot): Promise<void> {
    await saveSnapshot(this.ownStreams, streamId, snapshot);
  }

  async deleteSnapshots(streamId?: string): Promise<void> {
    await deleteSnapshots(this.ownStreams, streamId);
  }

  async readHeads(options: ReadAllOptions): Promise<readonly StreamHead[]> {
    return this.heads.page(options);
  }

  /** The stream's last event, as the engine keeps nothing else; of a deleted stream, what the log still has. */
  async findHead(streamId: string): Promise<StreamHead | null> {
    const last = await this.readHead(streamId);
    if (last !== null) return headOf(last);
    return (await isDeleted(this.connection, streamId)) ? this.heads.find(streamId) : null;
  }

  /** None: heads are gathered from the events themselves. */
  async streamsWithoutHead(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async readEnd(): Promise<string> {
    const last = await readLastPosition(this.connection);
    return positionText(last === null ? { commit: 0n, prepare: 0n } : { commit: last.commit + 1n, prepare: 0n });
  }

  async getSetting(name: string): Promise<string | null> {
    return getSetting(this, name);
  }

  async putSettingOnce(name: string, value: string): Promise<string> {
    const hasEvents = async (): Promise<boolean> => {
      for (let [after, atEnd]: [string | null, boolean] = [null, false]; !atEnd;) {
        const page = await this.readAll({ after, limit: 1 });
        if (page.events.length > 0) return true;
        ({ position: after, atEnd } = page);
      }
      return false;
    };
    return putSettingOnce({ hasEvents, ...this.ownStreams }, name, value);
  }

  /** Ready when the node that writes answers. */
  async health(): Promise<StoreHealth> {
    try {
      await readLastPosition(this.connection);
      return { ready: true };
    } catch (error) {
      if (error instanceof EventStoreError) return { ready: false, reason: error.message };
      throw error;
    }
  }

  /** Ends subscriptions after the batch at hand and waits for appends and reads that are underway. */
  async close(): Promise<void> {
    this.closing ??= this.end();
    await this.closing;
  }

  private async end(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.connection.end();
  }

  /** Streams beside those of accounts, which no reader of all sees. */
  private get ownStreams() {
    return {
      append: async (batch: AppendBatch): Promise<AppendResult> => {
        const [result] = await appendBatches(this.connection, this.turns, [batch]);
        if (result === undefined) throw new Error('an append without an answer');
        return result;
      },
      readStream: (streamId: string, options: ReadStreamOptions) => this.readStream(streamId, options),
      keepNewest: (streamId: string, events: number) => keepNewest(this.connection, streamId, events),
    };
  }
}
