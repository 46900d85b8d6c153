import { EventEmitter, once } from 'node:events';
import type { EventFeed, EventHistory, FeedLag } from '@duestream/event-feed';
import { isOfOnePosition, type GenerationStand } from './database/generation';
import { Generations } from './database/generations';
import { ReadModelBehind } from './errors';
import {
  Projector,
  projectorOptions,
  type Applied,
  type Projecting,
  type ProjectionListener,
  type ProjectionPace,
} from './projection/projector';
import { Queries, type QueriesClock } from './queries/queries';
import { rebuild, type RebuildOptions, type RebuildOutcome } from './rebuild/rebuild';
import { installReporting } from './reporting/install';

export interface ReadModelsOptions extends ProjectionPace {
  readonly connectionString: string;
  /** Keeps the live generation up to date, and gives the history that a rebuild reads. */
  readonly feed: EventFeed & EventHistory;
  /** Today's date in the store's time zone. */
  readonly businessDate: () => string;
  /** The IANA zone of the business date, for `reporting.business_date()`. */
  readonly timeZone: string;
  readonly maxConnections?: number;
  /** Who projects, and tells how it goes. Left out: this process, in this thread. */
  readonly projectBy?: (heard: ProjectionListener) => Projecting;
  readonly now?: () => Date;
  /** A rebuild could not drop a generation that nobody needs: the next one will. */
  readonly onNotDropped?: (error: Error) => void;
  /** Told when a rebuild lost its lock after the swap. */
  readonly onLockLost?: (error: Error) => void;
}

/** A transaction that was open when the model read to the end could still record an instant this far back. */
const SETTLING_MS = 2_000;
/** How often to look for what another process projected. */
const POLL_MS = 100;
const BEFORE_ALL = new Date(0).toISOString();

/** The read models of one database: what keeps them up, what answers from them, what builds them anew. */
export class ReadModels {
  private readonly applied = new EventEmitter().setMaxListeners(0);
  /** Where this process has brought each partition; another may have gone further. */
  private readonly reached = new Map<string, string>();
  private asking: Promise<string | null> | null = null;
  /** What the projection failed by, until it goes on. */
  private failure: Error | null = null;
  readonly queries: Queries;
  private readonly projector: Projecting;

  private constructor(
    private readonly options: ReadModelsOptions,
    private readonly generations: Generations,
    private readonly partitions: readonly string[],
  ) {
    this.queries = new Queries(generations, this.clock());
    const heard = {
      onApplied: ({ partition, position }: Applied): void => {
        this.failure = null;
        this.reached.set(partition, position);
        this.applied.emit('applied');
      },
      onError: (error: Error): void => {
        this.failure = error;
        options.onError?.(error);
      },
    };
    this.projector =
      options.projectBy?.(heard) ?? new Projector(options.feed, generations, projectorOptions(options, heard));
  }

  /** Migrates what is there, makes the first generation where there is none, and installs the reporting views. */
  static async open(options: ReadModelsOptions): Promise<ReadModels> {
    const { connectionString, maxConnections = 8 } = options;
    const partitions = await options.feed.partitions();
    const generations = await Generations.open({ connectionString, maxConnections }, partitions);
    await generations.withLock('migrate', async () => {
      await generations.settlePartitions(options.feed);
      await installReporting(generations.control.manager, (await generations.live()).schema, options.timeZone);
    });
    return new ReadModels(options, generations, partitions);
  }

  /** Begins to project, from wherever the checkpoint is. */
  start(): void {
    this.projector.start();
  }

  /** Ends after the batch at hand. */
  async stop(): Promise<void> {
    await this.projector.stop();
  }

  async position(): Promise<string | null> {
    return this.generations.read(async (_manager, stand) => Promise.resolve(this.positionOf(stand)));
  }

  /** Resolves when the model shows `wanted`; rejects with `ReadModelBehind` after the time-out. */
  async waitFor(wanted: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    // Most waiters are told by this process's own projector; only then is the database asked, which many at once feel.
    let isTold = this.projector.isRunning;
    let askedMs = Date.now();
    for (;;) {
      if (this.isAtOrAfter(this.positionReachedHere(), wanted)) return;
      const leftMs = deadline - Date.now();
      const isAsking = !isTold || leftMs <= 0;
      const position = isAsking ? await this.positionNow() : null;
      if (this.isAtOrAfter(position, wanted)) return;
      if (leftMs <= 0) throw new ReadModelBehind(wanted, position);
      if (isAsking) askedMs = Date.now();
      isTold = await this.nextApplied(Math.min(leftMs, POLL_MS));
      // Of several partitions some may be brought by others, whatever moves here.
      if (this.partitions.length > 1 && Date.now() - askedMs >= POLL_MS) isTold = false;
    }
  }

  async lag(): Promise<FeedLag> {
    const stand = await this.generations.read(async (_manager, read) => Promise.resolve(read));
    return this.options.feed.lag(stand.checkpoints);
  }

  /** Fills a new generation, proves it equal to the live one, and swaps. See `rebuild`. */
  async rebuild(options: RebuildOptions = {}): Promise<RebuildOutcome> {
    const { feed, timeZone, onNotDropped, onLockLost } = this.options;
    const surroundings = { generations: this.generations, feed, timeZone };
    const told = { ...(onNotDropped && { onNotDropped }), ...(onLockLost && { onLockLost }) };
    return rebuild({ ...surroundings, ...told }, options);
  }

  /** Whether another version made what is live: then a rebuild replaces it, and only after that all answers are right. */
  async needsRebuild(): Promise<boolean> {
    return !(await this.generations.isLiveOfThisVersion());
  }

  /** Whether the database answers; with a reason also while it does, when the projection has failed and not gone on since. */
  async health(): Promise<{ readonly ready: boolean; readonly reason?: string }> {
    try {
      await this.position();
      // After a failure with nothing left to do nobody would tell that all is well again.
      if (this.failure !== null && (await this.lag()).events === 0) this.failure = null;
      return this.failure === null ? { ready: true } : { ready: true, reason: `behind: ${this.failure.message}` };
    } catch (error) {
      return { ready: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await this.generations.close();
  }

  private clock(): QueriesClock {
    return {
      businessDate: this.options.businessDate,
      positionOf: (stand) => this.positionOf(stand),
      settledUntil: (stand) => this.settledUntil(stand),
      msUntilSettled: (instant) => Date.parse(instant) + SETTLING_MS + 1 - this.now().getTime(),
    };
  }

  private isAtOrAfter(position: string | null, wanted: string): boolean {
    return position !== null && this.options.feed.comparePositions(position, wanted) >= 0;
  }

  /** As the database has it. One question serves all who wait. */
  private positionNow(): Promise<string | null> {
    this.asking ??= this.position().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private positionReachedHere(): string | null {
    return this.earliest(this.partitions.map((partition) => this.reached.get(partition) ?? null));
  }

  private positionOf({ positions }: GenerationStand): string | null {
    return this.earliest([...positions.values()]);
  }

  private earliest(positions: readonly (string | null)[]): string | null {
    let least: string | null = null;
    for (const position of positions) {
      if (position === null) return null;
      if (least === null || this.options.feed.comparePositions(position, least) < 0) least = position;
    }
    return least;
  }

  /** What the model has recorded; when it has read everything, nearly now. */
  private async settledUntil(stand: GenerationStand): Promise<string> {
    const now = this.now();
    const page = await this.options.feed.readPage(this.positionOf(stand), 1);
    const recordedAt = stand.recordedAt ?? BEFORE_ALL;
    const [missing] = page.events;
    if (missing === undefined && page.atEnd) return [recordedAt, settledBefore(now)].sort()[1] ?? recordedAt;
    if (isOfOnePosition(stand)) return recordedAt;
    // Partitions that are ahead have taken later events than the first that another one lacks.
    const complete = missing === undefined ? BEFORE_ALL : settledBefore(new Date(missing.time));
    return [recordedAt, complete].sort()[0] ?? complete;
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }

  /** Whether a batch was applied here before the time-out. */
  private async nextApplied(timeoutMs: number): Promise<boolean> {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), timeoutMs);
    try {
      await once(this.applied, 'applied', { signal: waiting.signal });
      return true;
    } catch (error) {
      if (!waiting.signal.aborted) throw error;
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

function settledBefore(instant: Date): string {
  return new Date(instant.getTime() - SETTLING_MS).toISOString();
}
