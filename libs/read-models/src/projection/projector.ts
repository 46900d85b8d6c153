import type { Checkpoint, EventFeed, FeedBatch, FeedSubscription } from '@duestream/event-feed';
import type { Generation } from '../database/generation';
import type { Generations } from '../database/generations';
import { applyBatch } from './apply-batch';

export interface ProjectorOptions {
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly onError: (error: Error) => void;
  readonly onApplied: (batch: FeedBatch) => void;
}

/** Keeps the live generation up with the feed. Any process may run one: the checkpoint's fence lets one at a time win. */
export class Projector {
  private subscription: FeedSubscription | null = null;
  private generation: Generation | null = null;

  constructor(
    private readonly feed: EventFeed,
    private readonly generations: Generations,
    private readonly options: ProjectorOptions,
  ) {}

  get isRunning(): boolean {
    return this.subscription !== null;
  }

  start(): void {
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
    await subscription?.stop();
  }

  /** The feed asks for it again after a fence, which may mean that another generation is live now. */
  private async readCheckpoint(partition: string): Promise<Checkpoint> {
    const generation = await this.generations.refresh();
    this.generation = generation;
    const [row]: { next: string | null }[] = await this.generations.control.query(
      `SELECT next FROM read_models.checkpoints WHERE generation = $1 AND partition = $2`,
      [generation.number, partition],
    );
    return row?.next ?? null;
  }

  private async handle(batch: FeedBatch): Promise<'applied' | 'fenced'> {
    const { generation } = this;
    if (generation === null || !generation.dataSource.isInitialized) return 'fenced';
    const answer = await generation.hold(() => applyBatch(generation, batch));
    if (answer === 'applied') this.options.onApplied(batch);
    return answer;
  }
}
