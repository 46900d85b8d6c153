import type { PublicEvent } from '@duestream/contracts';
import { directFeed, type EventFeed, type EventHistory } from '@duestream/event-feed';
import {
  accountStreamId,
  type ReadAllOptions,
  type ReadAllPage,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
  type Subscription,
} from '@duestream/event-store';

const positionOf = (index: number): string => String(index).padStart(12, '0');

/** Events that a test appends, fed through the real direct adapter; the store under it is an array. */
export class MemoryFeed {
  readonly events: PublicEvent[] = [];
  /** Ids of events that the history has and subscriptions leave out. */
  readonly lost = new Set<string>();
  private readonly wake = new Set<() => void>();
  readonly feed: EventFeed & EventHistory = directFeed({
    store: {
      readAll: async (options) => Promise.resolve(this.readAll(options)),
      readStream: async (streamId, options) => Promise.resolve(this.readStream(streamId, options)),
      subscribeToAll: (options) => this.subscribeToAll(options),
      comparePositions: (a, b) => {
        if (!/^\d{12}$/.test(a) || !/^\d{12}$/.test(b)) throw new RangeError('not a position');
        return a < b ? -1 : a > b ? 1 : 0;
      },
    },
    publish: ({ revision }) => this.events[revision] ?? null,
  });

  append(...events: readonly PublicEvent[]): string {
    for (const event of events) this.events.push({ ...event, position: positionOf(this.events.length + 1) });
    for (const wake of this.wake) wake();
    return positionOf(this.events.length);
  }

  private readAll({ after, limit }: ReadAllOptions): ReadAllPage {
    const from = after === null ? 0 : Number(after);
    const events = this.events.slice(from, from + limit).map((event, index) => stored(event, from + index));
    const end = from + events.length;
    return { events, position: events.length === 0 ? after : positionOf(end), atEnd: end >= this.events.length };
  }

  private readStream(streamId: string, { fromRevision = 0, limit }: ReadStreamOptions): StoredEvent[] {
    const own = this.events.flatMap((event, index) => {
      const isWanted = accountStreamId(event.subject) === streamId;
      return isWanted && Number(event.accountrevision) >= fromRevision ? [stored(event, index)] : [];
    });
    return own.slice(0, limit);
  }

  private subscribeToAll(options: SubscribeOptions): Subscription {
    let stopped = false;
    let wakeUp = (): void => undefined;
    const wake = () => wakeUp();
    this.wake.add(wake);
    const run = async () => {
      let after = options.after;
      while (!stopped) {
        const page = this.readAll({ after, limit: options.batchSize });
        if (page.events.length === 0) {
          options.onCaughtUp?.(after);
          await new Promise<void>((resolve) => {
            wakeUp = resolve;
          });
          continue;
        }
        try {
          const delivered = page.events.filter(({ id }) => !this.lost.has(id));
          await options.onEvents(delivered, page.position ?? '');
          after = page.position;
        } catch (error) {
          options.onError(error instanceof Error ? error : new Error(String(error)));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const running = run();
    return {
      stop: async () => {
        stopped = true;
        wake();
        this.wake.delete(wake);
        await running;
      },
    };
  }
}

/** The adapter only hands these on: `revision` is the index that `publish` looks up. */
function stored(event: PublicEvent, index: number): StoredEvent {
  const { id, type } = event;
  return { streamId: '', revision: index, position: positionOf(index + 1), id, type, data: '', metadata: '' };
}
