import { chainHash, type StoredEvent } from '@duestream/event-store';
import type { Finding } from './damage';

/** An event whose hash does not follow from its content and the event before it. */
export interface BrokenLink {
  readonly event: StoredEvent;
  /** Without the hash. */
  readonly metadata: string;
  /** As stored. */
  readonly hash: string;
  /** Of the event before it, as stored. */
  readonly previousHash: string | null;
}

/** Links that are tried against each other; the rest is reported as it is. */
const MAX_DIAGNOSED = 12;

/**
 * Says what happened to events whose links are broken. One that is intact still fits some link: at its own revision
 * after an event that was taken away from before it (then the damage is there, not here), or at another revision
 * (then it was moved). What fits nowhere was altered, or was never written.
 */
export function diagnose(broken: readonly BrokenLink[]): readonly Finding[] {
  const tried = broken.slice(0, MAX_DIAGNOSED);
  const origins = tried.map((link) => ({ link, origin: originOf(link, tried) }));
  const findings = origins.flatMap(({ link, origin }, place) => {
    const { revision } = link.event;
    if (origin === revision) return [];
    if (origin !== null) return [{ revision, kind: 'moved', detail: `it was written as revision ${origin}` } as const];
    const next = origins[place + 1];
    const isNeighbour = next?.link.event.revision === revision + 1;
    return [unknownOrigin(revision, isNeighbour ? (next?.origin ?? null) : null)];
  });
  return [
    ...findings,
    ...broken
      .slice(MAX_DIAGNOSED)
      .map(({ event: { revision } }) => ({ revision, kind: 'altered', detail: ALTERED }) as const),
  ];
}

const ALTERED = 'it is not what was hashed when it was written';

/** The neighbour tells: it stood at this revision once, or two further on. */
function unknownOrigin(revision: number, originOfNext: number | null): Finding {
  if (originOfNext === revision) {
    return { revision, kind: 'inserted', detail: 'the event after it was written at this revision' };
  }
  if (originOfNext === revision + 2) {
    return { revision, kind: 'missing', detail: 'the event is gone and those after it were moved up' };
  }
  return { revision, kind: 'altered', detail: ALTERED };
}

/** The revision that the event was written at, or null when it fits none that can be tried. */
function originOf(link: BrokenLink, others: readonly BrokenLink[]): number | null {
  const { revision } = link.event;
  const revisions = new Set([revision, revision - 1, revision + 1, ...others.map(({ event }) => event.revision)]);
  const hashes = new Set<string | null>([null]);
  for (const { event, metadata, hash, previousHash } of others) {
    // The last is what the event's hash was, where only its hash was changed.
    hashes
      .add(hash)
      .add(previousHash)
      .add(chainHash(previousHash, { ...event, metadata }));
  }
  for (const candidate of revisions) {
    for (const previousHash of hashes) {
      const { event, metadata } = link;
      if (chainHash(previousHash, { ...event, metadata, revision: candidate }) === link.hash) return candidate;
    }
  }
  return null;
}
