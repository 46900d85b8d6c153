import { OutcomeUnknown, Unavailable, type EventStore } from '@duestream/event-store';
import { backOff } from './backoff';
import { ProcessorClosing, StoreUnavailable } from './errors';
import type { ProcessorLimits } from './limits';
import type { ProcessorObserver } from './observer';

export type StreamReads = Pick<EventStore, 'readStream' | 'readRevisions' | 'readHead' | 'loadSnapshot'>;

/** What of the event store the processor uses. */
export type ProcessorStore = StreamReads & Pick<EventStore, 'append' | 'saveSnapshot'>;

/** The store's reads, repeated a few times while it is away; then `StoreUnavailable`. Once given up, none begins. */
export function patientReads(
  store: StreamReads,
  limits: ProcessorLimits,
  observer: ProcessorObserver,
  isGivenUp: () => boolean,
): StreamReads {
  const patiently = async <T>(read: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1) {
      if (isGivenUp()) throw new ProcessorClosing();
      try {
        return await read();
      } catch (error) {
        const isTransient = error instanceof Unavailable || error instanceof OutcomeUnknown;
        if (!isTransient || attempt + 1 >= limits.maxUnavailableRetries) throw new StoreUnavailable(error);
        observer.repeated('unavailable');
        await backOff(attempt, limits);
      }
    }
  };
  return {
    readStream: (streamId, options) => patiently(() => store.readStream(streamId, options)),
    readRevisions: (streamId, revisions) => patiently(() => store.readRevisions(streamId, revisions)),
    readHead: (streamId) => patiently(() => store.readHead(streamId)),
    loadSnapshot: (streamId, schema) => patiently(() => store.loadSnapshot(streamId, schema)),
  };
}
