import {
  EventStoreError,
  OutcomeUnknown,
  StoreClosed,
  Unavailable,
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
import { appendBatches } from './append';
import { CommitSignal } from './commit-signal';
import { Connections } from './connections';
import { healthOf } from './health';
import { raiseIncarnationWhenRestored } from './incarnation';
import { migrate } from './migrate';
import { PollingSubscription } from './polling-subscription';
import { comparePositions, isPosition } from './position';
import { findHead, readAll, readHeads, readRevisions, readStream, readEnd, streamsWithoutHead } from './read';
import { assertSupported } from './server-version';
import { getSetting, putSettingOnce } from './settings';
import { RefusedWrites } from './refused-writes';
import { deleteSnapshots, loadSnapshot, saveSnapshot } from './snapshots';

export interface PostgresEventStoreOptions {
  readonly connectionString: string;
  readonly applicationName?: string;
  /** Connections that append; as many appends run at once. */
  readonly writeConnections?: number;
  readonly readConnections?: number;
  readonly connectTimeoutMs?: number;
  /** A write that has not ended by then is undone: one that hangs would hide all newer events from readers. */
  readonly writeTimeoutMs?: number;
  /** Writers hold a stream for milliseconds. Whoever holds it for longer must not keep the other streams waiting. */
  readonly lockTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  /** How often subscriptions look for what other processes wrote. */
  readonly pollMs?: number;
}

/** The event store in PostgreSQL 14 or later. */
export class PostgresEventStore implements EventStoreEngine {
  private readonly refusedWrites = new RefusedWrites();
  private readonly subscriptions = new Set<Subscription>();
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly writes: Connections,
    private readonly reads: Connections,
    private readonly commits: CommitSignal,
    private readonly pollMs: number,
  ) {}

  /** Connects and brings the schema up to date. Rejects with `Unavailable`, or with what keeps the database from being a store. */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const { applicationName = 'duestream', connectTimeoutMs = 5_000, pollMs = 100 } = options;
    const shared = { connectionString: options.connectionString, connectTimeoutMs };
    const writes = new Connections({
      applicationName: `${applicationName} writer`,
      ...shared,
      connections: options.writeConnections ?? 4,
      statementTimeoutMs: options.writeTimeoutMs ?? 5_000,
      lockTimeoutMs: options.lockTimeoutMs ?? 1_000,
      noAnswer: OutcomeUnknown,
    });
    const reads = new Connections({
      applicationName: `${applicationName} reader`,
      ...shared,
      connections: options.readConnections ?? 4,
      statementTimeoutMs: options.readTimeoutMs ?? 30_000,
      noAnswer: Unavailable,
    });
    const store = new PostgresEventStore(writes, reads, new CommitSignal(options.connectionString), pollMs);
    try {
      await reads.use(async (client) => {
        await assertSupported(client);
        await migrate(client);
        await raiseIncarnationWhenRestored(client);
      });
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]> {
    const results = await appendBatches(this.writes, batches);
    this.refusedWrites.saw(results);
    const newest = newestPosition(results);
    if (newest !== null) this.commits.committed(newest);
    return results;
  }

  async readStream(streamId: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    return readStream(this.reads, streamId, options);
  }

  async readRevisions(streamId: string, revisions: readonly number[]): Promise<readonly StoredEvent[]> {
    return readRevisions(this.reads, streamId, revisions);
  }

  async readHead(streamId: string): Promise<StoredEvent | null> {
    const [head] = await readStream(this.reads, streamId, { direction: 'backwards', limit: 1 });
    return head ?? null;
  }

  async readAll(options: ReadAllOptions): Promise<ReadAllPage> {
    return readAll(this.reads, options);
  }

  subscribeToAll(options: SubscribeOptions): Subscription {
    if (this.closing !== null) throw new StoreClosed('the event store is closed');
    const { commits, pollMs } = this;
    const subscription = new PollingSubscription({ readAll: (page) => this.readAll(page), commits, pollMs }, options);
    this.subscriptions.add(subscription);
    return {
      stop: async () => {
        this.subscriptions.delete(subscription);
        await subscription.stop();
      },
    };
  }

  /** Calls back after every commit of this process with the position of its last event. Answers how to stop that. */
  onCommitted(listener: (position: string) => void): () => void {
    return this.commits.listen(listener);
  }

  comparePositions(a: string, b: string): number {
    return comparePositions(a, b);
  }

  isPosition(text: string): boolean {
    return isPosition(text);
  }

  async loadSnapshot(streamId: string, schema: string): Promise<Snapshot | null> {
    return loadSnapshot(this.reads, streamId, schema);
  }

  async saveSnapshot(streamId: string, snapshot: Snapshot): Promise<void> {
    await saveSnapshot(this.writes, streamId, snapshot);
  }

  async deleteSnapshots(streamId?: string): Promise<void> {
    await deleteSnapshots(this.writes, streamId);
  }

  async readHeads(options: ReadAllOptions): Promise<readonly StreamHead[]> {
    return readHeads(this.reads, options);
  }

  async findHead(streamId: string): Promise<StreamHead | null> {
    return findHead(this.reads, streamId);
  }

  async streamsWithoutHead(limit: number): Promise<readonly string[]> {
    return streamsWithoutHead(this.reads, limit);
  }

  async readEnd(): Promise<string> {
    return readEnd(this.reads);
  }

  async getSetting(name: string): Promise<string | null> {
    return getSetting(this.reads, name);
  }

  async putSettingOnce(name: string, value: string): Promise<string> {
    return putSettingOnce(this.writes, name, value);
  }

  async health(): Promise<StoreHealth> {
    try {
      const health = await healthOf(this.reads);
      const { reason } = this.refusedWrites;
      return health.ready && reason !== null ? { ready: false, reason } : health;
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
    await Promise.all([this.writes.end(), this.reads.end()]);
    this.commits.close();
  }
}

function newestPosition(results: readonly AppendResult[]): string | null {
  let newest: string | null = null;
  for (const result of results) {
    if (result.ok && (newest === null || comparePositions(newest, result.position) < 0)) newest = result.position;
  }
  return newest;
}
