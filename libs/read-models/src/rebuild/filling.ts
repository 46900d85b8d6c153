import type { PublicEvent } from '@duestream/contracts';
import type { EventFeed, EventHistory, HistoryPage } from '@duestream/event-feed';
import type { Generation, GenerationStand } from '../database/generation';
import { HISTORY_PARTITION } from '../database/generations';
import { BulkFill } from './bulk-fill';

export interface FillingOptions {
  readonly pageSize: number;
  readonly keptRows: number;
  readonly signal?: AbortSignal;
  readonly onPage: (done: number, total: number) => void;
}

/** Brings a generation that nobody else writes from the start of the history to where it is wanted. */
export class Filling {
  /** Everything up to here has been taken, and reading goes on after it. */
  private position: string | null = null;
  /** As the generation has it: how far was read, also where events were left out that are still to come. */
  private checkpoint: string | null = null;
  private taken = 0;

  constructor(
    private readonly generation: Generation,
    private readonly history: EventHistory & Pick<EventFeed, 'partitionOf'>,
    private readonly options: FillingOptions,
  ) {}

  get events(): number {
    return this.taken;
  }

  /** Fills until less than a page is missing to where the live generation is by then. */
  async catchUpWith(standOfLive: () => Promise<GenerationStand>): Promise<void> {
    for (;;) {
      const stand = await standOfLive();
      if (stand.events - this.taken < this.options.pageSize && this.taken > 0) return;
      if (!(await this.upTo(stand))) return;
    }
  }

  /** Fills to exactly what a stand has: of each partition, up to its position. False when nothing was missing. */
  async upTo({ positions, events: total }: GenerationStand): Promise<boolean> {
    const { first, last } = this.endsOf([...positions.values()]);
    if (last === null || this.isAtOrAfter(this.position, last)) return false;
    const { position, taken } = this;
    await this.fill({
      end: last,
      total,
      hasAllUpTo: (at) => this.isAtOrAfter(first, at),
      has: (event) => this.isAtOrAfter(positions.get(this.history.partitionOf(event.subject)) ?? null, event.position),
    });
    return this.position !== position || this.taken !== taken;
  }

  /** Fills to the end of what can be read. */
  async toEnd(): Promise<string | null> {
    await this.fill({ end: null, total: this.taken, hasAllUpTo: () => true, has: () => true });
    return this.position;
  }

  private async fill(wanted: Wanted): Promise<void> {
    const { generation, taken: before, position: start, checkpoint: expected } = this;
    await BulkFill.run(generation, { before, keptRows: this.options.keptRows }, async (fill) => {
      let [read, complete] = [start, start];
      let leftOut = false;
      for await (const page of this.pages(start, wanted.end)) {
        const { events, firstLeft } = select(page, wanted);
        await fill.take(events);
        // What was left out is still to come: from there on it is read again, and what is known is left out then.
        if (!leftOut) complete = firstLeft < 0 ? page.position : (page.events[firstLeft - 1]?.position ?? read);
        leftOut ||= firstLeft >= 0;
        read = page.position;
        this.taken = before + fill.taken;
        this.options.onPage(this.taken, Math.max(wanted.total, this.taken));
      }
      if (read === null || read === start) return;
      if (!(await fill.finish({ partition: HISTORY_PARTITION, expected, next: read, position: read }))) {
        throw new Error('somebody else writes the generation that is being built');
      }
      this.checkpoint = read;
      this.position = complete;
    });
  }

  /** The next page is read while this one is worked on. The last one ends at the target. */
  private async *pages(after: string | null, target: string | null): AsyncGenerator<HistoryPage> {
    let reading = this.readPage(after);
    for (;;) {
      const page = await reading;
      const isLast = page.atEnd || (target !== null && this.isAtOrAfter(page.position, target));
      if (isLast) {
        yield target === null ? page : this.upToTarget(page, target);
        return;
      }
      reading = this.readPage(page.position);
      // It may fail while nobody waits for it yet, or when nobody does any more.
      reading.catch(() => undefined);
      yield page;
    }
  }

  private upToTarget(page: HistoryPage, target: string): HistoryPage {
    const events = page.events.filter(({ position }) => this.isAtOrAfter(target, position));
    return { events, position: target, atEnd: true };
  }

  private async readPage(after: string | null): Promise<HistoryPage> {
    this.options.signal?.throwIfAborted();
    return this.history.readPage(after, this.options.pageSize);
  }

  /** `first` is null where a partition has nothing yet. */
  private endsOf(positions: readonly (string | null)[]): { first: string | null; last: string | null } {
    const known = positions.filter((position) => position !== null);
    known.sort((a, b) => this.history.comparePositions(a, b));
    const first = known.length < positions.length ? null : (known[0] ?? null);
    return { first, last: known.at(-1) ?? null };
  }

  private isAtOrAfter(a: string | null, b: string): boolean {
    return a !== null && this.history.comparePositions(a, b) >= 0;
  }
}

/** What a filling is to take. */
interface Wanted {
  /** Nothing after it is wanted; null: everything that can be read. */
  readonly end: string | null;
  readonly total: number;
  /** Every event up to there is wanted. Spares asking for each of them. */
  readonly hasAllUpTo: (position: string) => boolean;
  readonly has: (event: PublicEvent) => boolean;
}

function select(
  { events, position }: HistoryPage,
  { hasAllUpTo, has }: Wanted,
): { readonly events: readonly PublicEvent[]; readonly firstLeft: number } {
  if (position === null || hasAllUpTo(position)) return { events, firstLeft: -1 };
  return { events: events.filter(has), firstLeft: events.findIndex((event) => !has(event)) };
}
