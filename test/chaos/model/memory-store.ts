import type { ProcessorOptions } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import { WrongExpectedRevision, type AppendBatch, type AppendResult, type StoredEvent } from '@duestream/event-store';

type ProcessorStore = ProcessorOptions<AccountState>['store'];

/** Streams in memory, for the accounts whose commands don't go to disk: the port as the account processor uses it. */
export class MemoryStore implements ProcessorStore {
  private readonly streams = new Map<string, StoredEvent[]>();
  private written = 0;

  eventsOf(streamId: string): readonly StoredEvent[] {
    return this.streams.get(streamId) ?? [];
  }

  append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]> {
    return Promise.resolve(batches.map((batch) => this.appendOne(batch)));
  }

  readStream(
    streamId: string,
    { fromRevision = 0, limit }: Parameters<ProcessorStore['readStream']>[1],
  ): Promise<readonly StoredEvent[]> {
    return Promise.resolve(this.eventsOf(streamId).slice(fromRevision, fromRevision + limit));
  }

  readRevisions(streamId: string, revisions: readonly number[]): Promise<readonly StoredEvent[]> {
    const events = this.eventsOf(streamId);
    return Promise.resolve(revisions.flatMap((revision) => events[revision] ?? []));
  }

  readHead(streamId: string): Promise<StoredEvent | null> {
    return Promise.resolve(this.eventsOf(streamId).at(-1) ?? null);
  }

  loadSnapshot(): Promise<null> {
    return Promise.resolve(null);
  }

  saveSnapshot(): Promise<void> {
    return Promise.resolve();
  }

  private appendOne({ streamId, expectedRevision, events }: AppendBatch): AppendResult {
    const stream = this.streams.get(streamId) ?? [];
    this.streams.set(streamId, stream);
    const actual = stream.length - 1;
    if (actual !== expectedRevision) {
      return { ok: false, error: new WrongExpectedRevision(streamId, expectedRevision, actual) };
    }
    for (const event of events) {
      this.written += 1;
      const position = String(this.written).padStart(12, '0');
      stream.push({ ...event, streamId, revision: stream.length, position });
    }
    return { ok: true, lastRevision: stream.length - 1, position: stream.at(-1)?.position ?? '' };
  }
}
