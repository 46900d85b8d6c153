import type { RecordedEvent } from '@duestream/domain';
import type { EventEnvelope } from '@duestream/contracts';
import type { StoredEvent } from '../port';
import { splitHash } from './hash-chain';
import { parseObject, readMetadata } from './metadata';
import { isEventType } from './registry';
import { UPCASTERS } from './upcasters';
import { upcasting, type Upcast } from './upcasting';

export interface OpenedEvent {
  readonly recorded: RecordedEvent;
  readonly envelope: EventEnvelope & { readonly commandId: string };
  /** The event's own link of its stream's chain. */
  readonly hash: string;
}

/** An event that this version can't read: damaged, or written by a later one. */
export class UnreadableEvent extends Error {
  readonly code = 'event.unreadable';
  constructor(
    readonly streamId: string,
    readonly revision: number,
    readonly detail: string,
  ) {
    super(`event ${revision} of stream ${streamId} cannot be read: ${detail}`);
  }
}

const upcastToForce = upcasting(UPCASTERS);

/** The domain event and the envelope that a stored event holds, former versions in today's form. Throws `UnreadableEvent`. */
export function openEvent(stored: StoredEvent, upcast: Upcast = upcastToForce): OpenedEvent {
  const read = readMetadata(stored.metadata);
  if (read === null) throw unreadable(stored, whatMetadataLacks(stored));
  const written = parseObject(stored.data);
  if (written === null) throw unreadable(stored, 'its data is not a JSON object');
  const { type, data } = upcast({ type: stored.type, data: written });
  if (!isEventType(type)) throw unreadable(stored, `its type ${stored.type} is unknown`);

  const { effectiveAt, recordedAt, businessDate, commandId, correlationId, causation, actor } = read.metadata;
  const recorded = {
    type,
    data,
    effectiveAt,
    cause: causation,
    revision: stored.revision,
    recordedAt,
    businessDate,
  };
  const envelope = {
    id: stored.id,
    commandId,
    causation,
    ...(correlationId === undefined ? {} : { correlationId }),
    actor,
  };
  // The edge where stored text becomes typed: what `data` holds was typed when it was written under this name.
  return { recorded: recorded as RecordedEvent, envelope, hash: read.hash };
}

function whatMetadataLacks({ metadata }: StoredEvent): string {
  return splitHash(metadata) === null ? 'its metadata does not end in a hash' : 'its metadata is not that of an event';
}

function unreadable({ streamId, revision }: StoredEvent, detail: string): UnreadableEvent {
  return new UnreadableEvent(streamId, revision, detail);
}
