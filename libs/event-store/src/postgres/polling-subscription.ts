import type { ReadAllOptions, ReadAllPage, SubscribeOptions, Subscription } from '../port';
import type { CommitSignal } from './commit-signal';
import { comparePositions } from './position';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** First look for a commit of our own that an older transaction still hides; then twice as long each time. */
const FIRST_HIDDEN_MS = 2;

interface Reads {
  readAll(options: ReadAllOptions): Promise<ReadAllPage>;
  readonly commits: CommitSignal;
  /** How often to look for what other processes wrote. */
  readonly pollMs: number;
}

/**
 * Reads on from a position: at once after a commit of this process, by polling for those of others. What was
 * delivered before a failure is not delivered again, what failed is.
 */
export class PollingSubscription implements Subscription {
  private readonly running: Promise<void>;
  private readonly forget: () => void;
  private isStopped = false;
  private wake: (() => void) | null = null;
  private position: string | null;
  private newestCommit: string | null = null;
  private hiddenMs = FIRST_HIDDEN_MS;

  constructor(
    private readonly reads: Reads,
    private readonly options: SubscribeOptions,
  ) {
    this.position = options.after;
    this.forget = reads.commits.listen((position) => {
      this.newestCommit = position;
      this.hiddenMs = FIRST_HIDDEN_MS;
      this.wake?.();
    });
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.forget();
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    // The constructor's caller gets its subscription before the first delivery.
    await Promise.resolve();
    while (!this.isStopped) {
      try {
        await this.deliverReadable();
        retryMs = FIRST_RETRY_MS;
        if (await this.untilNews()) await this.pause(this.options.lingerMs, false);
      } catch (error) {
        if (!this.isStopped) this.options.onError(error instanceof Error ? error : new Error(String(error)));
        await this.pause(retryMs, false);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
    }
  }

  private async deliverReadable(): Promise<void> {
    for (let atEnd = false; !atEnd && !this.isStopped;) {
      const page = await this.reads.readAll({ after: this.position, limit: this.options.batchSize });
      if (this.isStopped) return;
      if (page.position !== null && page.events.length > 0) {
        await this.options.onEvents(page.events, page.position);
        this.position = page.position;
      }
      atEnd = page.atEnd;
    }
    if (!this.isStopped) this.options.onCaughtUp?.(this.position);
  }

  /** True when woken by a commit of this process, whose followers are worth gathering. */
  private async untilNews(): Promise<boolean> {
    if (!this.isBehind()) return this.pause(this.reads.pollMs, true);
    const waitMs = Math.min(this.hiddenMs, this.reads.pollMs);
    this.hiddenMs *= 2;
    return this.pause(waitMs, true);
  }

  private isBehind(): boolean {
    const { newestCommit, position } = this;
    return newestCommit !== null && (position === null || comparePositions(position, newestCommit) < 0);
  }

  private pause(ms: number, endsWithCommit: boolean): Promise<boolean> {
    if (this.isStopped || ms <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isWoken: boolean): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve(isWoken);
      };
      const timer = setTimeout(() => end(false), ms);
      this.wake = () => {
        if (endsWithCommit || this.isStopped) end(true);
      };
    });
  }
}
