import type { EventHistory, HistoryPage } from '@duestream/event-feed';
import type { Generation, GenerationStand } from '../database/generation';
import { BulkFill } from './bulk-fill';

export interface FillingOptions {
  readonly pageSize: number;
  readonly keptRows: number;
  readonly signal?: AbortSignal;
  readonly onPage: (done: number, total: number) => void;
}

/** Brings a generation that nobody else writes from the start of the history to where it is wanted. */
export class Filling {
  private position: string | null = null;
  private taken = 0;

  private constructor(
    private readonly generation: Generation,
    private readonly history: EventHistory,
    private readonly partition: string,
    private readonly options: FillingOptions,
  ) {}

  static async of(
    generation: Generation,
    history: EventHistory & { partitions(): Promise<readonly string[]> },
    options: FillingOptions,
  ): Promise<Filling> {
    const [partition, ...others] = await history.partitions();
    if (partition === undefined || others.length > 0) {
      throw new Error('a rebuild reads one history and so keeps one checkpoint');
    }
    return new Filling(generation, history, partition, options);
  }

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

  /** Fills to exactly the position of a stand; events after it are left out. False when nothing was missing. */
  async upTo(stand: GenerationStand): Promise<boolean> {
    const [target = null] = stand.positions;
    if (target === null || this.isAtOrAfter(this.position, target)) return false;
    await this.fill(target, stand.events);
    return true;
  }

  /** Fills to the end of what can be read. */
  async toEnd(): Promise<string | null> {
    await this.fill(null, this.taken);
    return this.position;
  }

  private async fill(target: string | null, total: number): Promise<void> {
    const { generation, partition, taken: before, position: expected } = this;
    await BulkFill.run(generation, { before, keptRows: this.options.keptRows }, async (fill) => {
      let position = expected;
      for await (const page of this.pages(expected, target)) {
        await fill.take(page.events);
        position = page.position;
        this.taken = before + fill.taken;
        this.options.onPage(this.taken, Math.max(total, this.taken));
      }
      if (position === null || position === expected) return;
      if (!(await fill.finish({ partition, expected, next: position, position }))) {
        throw new Error('somebody else writes the generation that is being built');
      }
      this.position = position;
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

  private isAtOrAfter(a: string | null, b: string): boolean {
    return a !== null && this.history.comparePositions(a, b) >= 0;
  }
}
