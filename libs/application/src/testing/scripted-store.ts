import {
  OutcomeUnknown,
  Unavailable,
  WrongExpectedRevision,
  type AppendBatch,
  type AppendResult,
  type Snapshot,
  type StoredEvent,
} from '@duestream/event-store';
import type { ProcessorStore } from '../processor/patient-reads';

/** What the next append does: writes and answers; writes, and the answer is lost; loses the batch; is away. */
export type Fault = 'none' | 'written-but-lost' | 'lost' | 'away';

/** An event store in memory whose failures are scripted. The real engines are tested by their conformance suite. */
export class ScriptedStore implements ProcessorStore {
  readonly streams = new Map<string, StoredEvent[]>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly appends: (readonly AppendBatch[])[] = [];
  readonly faults: Fault[] = [];
  /** Streams that somebody else holds: nothing of them is written. */
  readonly held = new Set<string>();
  /** Reads fail so many times. */
  readsAway = 0;
  /** Called in the middle of each append, before anything is written. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  private sequence = 0;

  async append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]> {
    this.appends.push(batches);
    const fault = this.faults.shift() ?? 'none';
    await this.beforeWrite();
    if (fault === 'away') return batches.map(() => ({ ok: false, error: new Unavailable('away') }));
    if (fault === 'lost') return batches.map(() => ({ ok: false, error: new OutcomeUnknown('lost') }));
    const results = batches.map((batch) => this.write(batch));
    if (fault === 'written-but-lost') return batches.map(() => ({ ok: false, error: new OutcomeUnknown('lost') }));
    return results;
  }

  async readStream(
    streamId: string,
    { fromRevision = 0, limit }: { fromRevision?: number; limit: number },
  ): Promise<StoredEvent[]> {
    await this.reading();
    return this.eventsOf(streamId).slice(fromRevision, fromRevision + limit);
  }

  async readRevisions(streamId: string, revisions: readonly number[]): Promise<StoredEvent[]> {
    await this.reading();
    return revisions.flatMap((revision) => this.eventsOf(streamId)[revision] ?? []);
  }

  async readHead(streamId: string): Promise<StoredEvent | null> {
    await this.reading();
    return this.eventsOf(streamId).at(-1) ?? null;
  }

  async loadSnapshot(streamId: string, schema: string): Promise<Snapshot | null> {
    await this.reading();
    const snapshot = this.snapshots.get(streamId);
    return snapshot?.schema === schema ? snapshot : null;
  }

  async saveSnapshot(streamId: string, snapshot: Snapshot): Promise<void> {
    await Promise.resolve();
    this.snapshots.set(streamId, snapshot);
  }

  eventsOf(streamId: string): StoredEvent[] {
    return this.streams.get(streamId) ?? [];
  }

  private async reading(): Promise<void> {
    await Promise.resolve();
    if (this.readsAway === 0) return;
    this.readsAway -= 1;
    throw new Unavailable('away');
  }

  private write({ streamId, expectedRevision, events }: AppendBatch): AppendResult {
    if (this.held.has(streamId)) return { ok: false, error: new Unavailable('held') };
    const stream = this.eventsOf(streamId);
    const repeated = events.every(({ id }, index) => stream[expectedRevision + 1 + index]?.id === id);
    if (!repeated) {
      const actual = stream.length - 1;
      if (actual !== expectedRevision) {
        return { ok: false, error: new WrongExpectedRevision(streamId, expectedRevision, actual) };
      }
      for (const event of events) {
        this.sequence += 1;
        stream.push({ ...event, streamId, revision: stream.length, position: String(this.sequence) });
      }
      this.streams.set(streamId, stream);
    }
    const lastRevision = expectedRevision + events.length;
    return { ok: true, lastRevision, position: stream[lastRevision]?.position ?? '' };
  }
}
