import type { EventHistory, HistoryPage } from '@duestream/event-feed';
import type { Generation, GenerationStand } from '../database/generation';
import { copyRows } from '../database/bulk';
import { applyBatch } from '../projection/apply-batch';

export interface FillingOptions {
  readonly pageSize: number;
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
    let hasFilled = false;
    while (target !== null && (this.position === null || this.compare(this.position, target) < 0)) {
      const page = await this.readPage();
      const events = page.events.filter((event) => this.compare(event.position, target) <= 0);
      const isLast = events.length < page.events.length || page.atEnd;
      await this.take({ ...page, events, position: isLast ? target : page.position });
      this.options.onPage(this.taken, Math.max(stand.events, this.taken));
      hasFilled = true;
    }
    return hasFilled;
  }

  /** Fills to the end of what can be read. */
  async toEnd(): Promise<string | null> {
    for (;;) {
      const page = await this.readPage();
      await this.take(page);
      if (page.atEnd) return this.position;
    }
  }

  private async readPage(): Promise<HistoryPage> {
    this.options.signal?.throwIfAborted();
    return this.history.readPage(this.position, this.options.pageSize);
  }

  private async take({ events, position }: HistoryPage): Promise<void> {
    if (position === null || position === this.position) return;
    const batch = { partition: this.partition, expected: this.position, next: position, position, events };
    const answer = await applyBatch(this.generation, batch, copyRows);
    if (answer === 'fenced') throw new Error('somebody else writes the generation that is being built');
    this.position = position;
    this.taken += events.length;
  }

  private compare(a: string, b: string): number {
    return this.history.comparePositions(a, b);
  }
}
