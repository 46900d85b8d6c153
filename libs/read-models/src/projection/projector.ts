import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint, EventFeed, EventHistory, FeedBatch, FeedSubscription } from '@duestream/event-feed';
import type { Generation } from '../database/generation';
import type { Generations } from '../database/generations';
import { applyBatch } from './apply-batch';
import { fillGaps } from './fill-gaps';
import { GapsInFeed } from './fold-fresh';
import { WorkingSet } from './working-set';

/** What keeps the live generation up with the feed, here or in another thread. */
export interface Projecting {
  readonly isRunning: boolean;
  start(): void;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
}

/** A partition is complete up to the position. */
export type Applied = Pick<FeedBatch, 'partition' | 'position'>;

/** How live projection gathers events into batches. */
export interface ProjectionPace {
  readonly batchSize?: number;
  readonly lingerMs?: number;
  readonly paceMs?: number;
  /** A batch that failed is tried again; this is where it is told. */
  readonly onError?: (error: Error) => void;
}

export interface ProjectionListener {
  readonly onApplied: (applied: Applied) => void;
  readonly onError: (error: Error) => void;
}

export interface ProjectorOptions extends ProjectionListener {
  readonly batchSize: number;
  readonly lingerMs: number;
  /** From the begin of one batch to that of the next, unless that is full: see `handle`. */
  readonly paceMs: number;
}

export function projectorOptions(
  { batchSize = 2_000, lingerMs = 5, paceMs = 40 }: ProjectionPace,
  heard: ProjectionListener,
): ProjectorOptions {
  return { batchSize, lingerMs, paceMs, ...heard };
}

interface Known {
  readonly generation: Generation;
  readonly next: string;
  readonly set: WorkingSet;
}

/** Keeps the live generation up with the feed. Any process may run one: the checkpoint's fence lets one at a time win. */
export class Projector implements Projecting {
  private subscription: FeedSubscription | null = null;
  private generation: Generation | null = null;
  private stopping = new AbortController();
  /** Of each partition, what the generation has at a checkpoint that this projector wrote. */
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly feed: EventFeed & Pick<EventHistory, 'readAccount'>,
    private readonly generations: Generations,
    private readonly options: ProjectorOptions,
  ) {}

  get isRunning(): boolean {
    return this.subscription !== null;
  }

  start(): void {
    if (this.subscription === null) this.stopping = new AbortController();
    this.subscription ??= this.feed.subscribe({
      name: 'read-models',
      batchSize: this.options.batchSize,
      lingerMs: this.options.lingerMs,
      readCheckpoint: (partition) => this.readCheckpoint(partition),
      handle: (batch) => this.handle(batch),
      onError: this.options.onError,
    });
  }

  async stop(): Promise<void> {
    const { subscription } = this;
    this.subscription = null;
    this.stopping.abort();
    await subscription?.stop();
  }

  /** The feed asks for it again after a fence, which may mean that another generation is live now. */
  private async readCheckpoint(partition: string): Promise<Checkpoint> {
    // Meanwhile others may have had the partition, and filled a gap before this checkpoint.
    this.known.delete(partition);
    const generation = await this.generations.refresh();
    this.generation = generation;
    const [row]: { next: string | null }[] = await this.generations.control.query(
      `SELECT next FROM read_models.checkpoints WHERE generation = $1 AND partition = $2`,
      [generation.number, partition],
    );
    return row?.next ?? null;
  }

  /**
   * A batch costs a fixed sum of round trips and row versions beside its rows, and takes that from deciding. So the
   * next is not begun before its time, and what comes meanwhile gathers into it. After a quiet time nothing waits, and
   * who has to catch up does not either.
   */
  private async handle(batch: FeedBatch): Promise<'applied' | 'fenced'> {
    const { generation } = this;
    if (generation === null || !generation.dataSource.isInitialized) return 'fenced';
    const began = performance.now();
    const set = await generation.hold(() => this.apply(generation, batch));
    if (set === 'fenced') return set;
    this.known.set(batch.partition, { generation, next: batch.next, set });
    this.options.onApplied(batch);
    const leftMs = this.options.paceMs - (performance.now() - began);
    if (leftMs > 0 && batch.events.length < this.options.batchSize) await this.pause(leftMs);
    return 'applied';
  }

  /** What the feed left out is taken from the store first. Answers what the generation has at the batch's end. */
  private async apply(generation: Generation, batch: FeedBatch): Promise<WorkingSet | 'fenced'> {
    const known = this.knownAt(generation, batch);
    try {
      return (await applyBatch(generation, batch, known)) === 'applied' ? known : 'fenced';
    } catch (error) {
      if (!(error instanceof GapsInFeed)) throw error;
      this.options.onError(error);
      const filled = await fillGaps(generation, batch, error, this.feed, this.options.batchSize);
      const set = new WorkingSet();
      return filled === 'applied' && (await applyBatch(generation, batch, set)) === 'applied' ? set : 'fenced';
    }
  }

  /** Whoever else writes the partition moves its checkpoint, so that a batch from there is fenced. */
  private knownAt(generation: Generation, { partition, expected }: FeedBatch): WorkingSet {
    const known = this.known.get(partition);
    // Until the batch is applied nothing is known.
    this.known.delete(partition);
    return known?.generation === generation && known.next === expected ? known.set : new WorkingSet();
  }

  private async pause(ms: number): Promise<void> {
    // Rejects only when the projector stops, which is what ends the pause.
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
