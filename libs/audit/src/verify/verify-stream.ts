import {
  chainHash,
  eventIdOf,
  parseMetadata,
  splitHash,
  type EventMetadata,
  type EventStore,
  type StoredEvent,
  type StreamDirectory,
  type StreamHead,
} from '@duestream/event-store';
import type { Finding } from './damage';
import { diagnose, type BrokenLink } from './diagnose';

/** What the audit needs of a store. */
export type AuditedStore = Pick<EventStore, 'readStream' | 'comparePositions' | 'isPosition'> & StreamDirectory;

export interface VerifiedStream {
  readonly eventCount: number;
  readonly findings: readonly Finding[];
}

const EVENTS_PER_PAGE = 1_000;

/**
 * Walks one stream from its first event. `before` is its head, read before the events (null: none). The store may be at
 * work, so that when there are more events than it says, the head is read again. `end` is the store's, read before.
 */
export async function verifyStream(
  store: AuditedStore,
  streamId: string,
  before: StreamHead | null,
  end: string,
): Promise<VerifiedStream> {
  const walk = new StreamWalk(store, streamId, before);
  let next = 0;
  for (;;) {
    const page = await store.readStream(streamId, { fromRevision: next, limit: EVENTS_PER_PAGE });
    for (const event of page) walk.take(event);
    next = (page.at(-1)?.revision ?? next - 1) + 1;
    if (page.length < EVENTS_PER_PAGE) break;
  }
  const hasMore = next - 1 > (before?.revision ?? -1);
  const findings = walk.end(hasMore ? await store.findHead(streamId) : before);
  return { eventCount: walk.count, findings: [...findings, ...(await beyondEnd(store, walk.last, end))] };
}

/**
 * An event in the middle of a stream that stands too late is out of order with the next one. The last one has none:
 * it must not stand after all that was ever committed, where no reader would reach it.
 */
async function beyondEnd(store: AuditedStore, last: StoredEvent | null, end: string): Promise<readonly Finding[]> {
  if (last === null || !store.isPosition(last.position)) return [];
  if (store.comparePositions(last.position, end) < 0) return [];
  // Written since the end was read, or put there.
  if (store.comparePositions(last.position, await store.readEnd()) < 0) return [];
  const detail = 'it stands after everything that was ever committed, where no reader reaches it';
  return [{ revision: last.revision, kind: 'out-of-order', detail }];
}

class StreamWalk {
  count = 0;
  private readonly findings: Finding[] = [];
  private readonly broken: BrokenLink[] = [];
  private readonly wrongIds: Finding[] = [];
  private readonly gaps: { readonly from: number; readonly to: number }[] = [];
  /** Revisions beyond the head as it was before, which others may have moved on since. */
  private readonly beyondHead: number[] = [];
  private hasUnreadable = false;
  /** The event taken last. */
  last: StoredEvent | null = null;
  /** Of the last event that stands where a writer can have put it. */
  private lastPosition: string | null = null;
  /** Hash of the event before; undefined when it is not known, because the event is missing or unreadable. */
  private previousHash: string | null | undefined = null;
  private previousCommand: { readonly id: string; readonly events: number } = { id: '', events: 0 };
  private previousRecordedAt = '';
  private hashAtHead: string | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'comparePositions' | 'isPosition'>,
    private readonly streamId: string,
    private readonly headBefore: StreamHead | null,
  ) {}

  take(event: StoredEvent): void {
    this.count += 1;
    const expected = this.nextRevision();
    if (event.revision > expected) {
      this.gaps.push({ from: expected, to: event.revision - 1 });
      this.previousHash = undefined;
    }
    const split = splitHash(event.metadata);
    if (split === null) this.unreadable(event.revision, 'its metadata does not end in a hash');
    else this.checkContent(event, split);
    this.checkPlace(event);
    if (event.revision > (this.headBefore?.revision ?? -1)) this.beyondHead.push(event.revision);
    if (event.revision === this.headBefore?.revision) this.hashAtHead = split?.hash;
    this.last = event;
    this.previousHash = split?.hash;
  }

  end(headAfter: StreamHead | null): readonly Finding[] {
    this.checkHead(headAfter);
    const beyond = headAfter?.revision ?? Infinity;
    const inside = this.broken.filter(({ event }) => event.revision <= beyond);
    // An id that was changed breaks its link; and which event of its command one is, only an unbroken stream tells.
    const isUnbroken = this.broken.length === 0 && this.gaps.length === 0 && !this.hasUnreadable;
    const wrongIds = isUnbroken ? this.wrongIds : [];
    return [...this.findings, ...wrongIds, ...diagnose(inside)].sort((a, b) => a.revision - b.revision);
  }

  private nextRevision(): number {
    return (this.last?.revision ?? -1) + 1;
  }

  private checkContent(event: StoredEvent, { metadata, hash }: { metadata: string; hash: string }): void {
    const { previousHash } = this;
    // After a missing or unreadable event nothing can be said of this link; the event's own hash goes on from here.
    const fits = previousHash === undefined || chainHash(previousHash, { ...event, metadata }) === hash;
    if (!fits) this.broken.push({ event, metadata, hash, previousHash });
    const parsed = parseMetadata(event.metadata);
    if (parsed !== null) this.checkMetadata(event, parsed);
    else if (fits) this.unreadable(event.revision, 'its metadata is not that of an event');
  }

  private checkPlace(event: StoredEvent): void {
    const { store, lastPosition } = this;
    if (!store.isPosition(event.position)) {
      this.find(event.revision, 'out-of-order', 'it stands where no writer puts an event');
      return;
    }
    if (lastPosition !== null && store.comparePositions(lastPosition, event.position) >= 0) {
      this.find(event.revision, 'out-of-order', 'in the order of all events it comes before the event before it');
    }
    this.lastPosition = event.position;
  }

  private checkMetadata(event: StoredEvent, { commandId, recordedAt }: EventMetadata): void {
    const index = commandId === this.previousCommand.id ? this.previousCommand.events : 0;
    if (event.id !== eventIdOf(this.streamId, commandId, index)) {
      const detail = `its id does not follow from command ${commandId}, event ${index}`;
      this.wrongIds.push({ revision: event.revision, kind: 'wrong-id', detail });
    }
    if (recordedAt < this.previousRecordedAt) {
      this.find(event.revision, 'out-of-order', `recorded ${recordedAt}, the one before ${this.previousRecordedAt}`);
    }
    this.previousCommand = { id: commandId, events: index + 1 };
    this.previousRecordedAt = recordedAt;
  }

  private checkHead(headAfter: StreamHead | null): void {
    const last = this.nextRevision() - 1;
    const { headBefore } = this;
    if (headBefore !== null && last < headBefore.revision) this.gaps.push({ from: last + 1, to: headBefore.revision });
    // What was put in beyond the head may leave room before it, of which nothing was ever written.
    for (const { from, to } of this.gaps) this.missing(from, Math.min(to, headAfter?.revision ?? Infinity));
    if (headAfter === null && last >= 0) this.find(last, 'head-differs', 'the stream has events but no head');
    for (const revision of this.beyondHead) {
      if (headAfter === null || revision <= headAfter.revision) continue;
      this.find(revision, 'inserted', `the stream ends at revision ${headAfter.revision}`);
    }
    if (headBefore !== null && last >= headBefore.revision && headBefore.hash !== (this.hashAtHead ?? null)) {
      this.find(headBefore.revision, 'head-differs', 'the last event is not the one that was written last');
    }
  }

  private unreadable(revision: number, detail: string): void {
    this.hasUnreadable = true;
    this.find(revision, 'altered', detail);
  }

  private missing(from: number, to: number): void {
    if (from > to) return;
    this.find(from, 'missing', from === to ? 'the event is gone' : `the events up to revision ${to} are gone`);
  }

  private find(revision: number, kind: Finding['kind'], detail: string): void {
    this.findings.push({ revision, kind, detail });
  }
}
