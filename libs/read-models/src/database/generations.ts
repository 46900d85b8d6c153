import type { Checkpoint, EventFeed, EventHistory } from '@duestream/event-feed';
import type { DataSource, EntityManager } from 'typeorm';
import { CONTROL_SCHEMA, controlDataSource, schemaOfGeneration, type DataSourceSettings } from './data-source';
import { Generation, GenerationGone, type GenerationStand } from './generation';

/** Raised whenever the same events give other rows: a generation of another version is not compared, only replaced. */
const MODEL_VERSION = 'models@2';

/** Any two processes of this database; the numbers only have to differ from other users of advisory locks. */
const LOCKS = { migrate: 4_206_001, rebuild: 4_206_002 } as const;
const MAX_SWAPS_MET = 5;

/** A generation that is being built reads the history, whatever partitions the feed has. */
export const HISTORY_PARTITION = 'history';

type PartitionedFeed = Pick<EventFeed, 'checkpointAt'> & Pick<EventHistory, 'comparePositions'>;

/** The lock that `work` runs under. */
export interface HeldLock {
  /** Throws `LockLost` when the connection that had the lock is gone: another process may have it by now. */
  assertHeld(): Promise<void>;
}

export class LockLost extends Error {
  readonly code = 'read-models.lock-lost';
  constructor(lock: string, cause: unknown) {
    super(`the connection that held the lock "${lock}" was lost`, { cause });
  }
}

/** The generations of the read models and the pointer to the live one. */
export class Generations {
  private current: Promise<Generation> | null = null;
  private seen: Generation | null = null;
  private readonly closing: Promise<void>[] = [];

  private constructor(
    private readonly settings: DataSourceSettings,
    readonly control: DataSource,
    private readonly partitions: readonly string[],
  ) {}

  /** Migrates the control schema and makes the first generation where there is none. */
  static async open(settings: DataSourceSettings, partitions: readonly string[]): Promise<Generations> {
    const control = controlDataSource({ ...settings, maxConnections: 2 });
    await control.initialize();
    const generations = new Generations(settings, control, partitions);
    try {
      await generations.withLock('migrate', async () => {
        await control.query(`CREATE SCHEMA IF NOT EXISTS ${CONTROL_SCHEMA}`);
        await control.runMigrations();
        const live = (await generations.liveNumber()) ?? (await generations.create('live'));
        await generations.migrate(live);
      });
    } catch (error) {
      await control.destroy();
      throw error;
    }
    return generations;
  }

  /** Reads the live generation; begins again when a swap comes in between. */
  async read<Result>(work: (manager: EntityManager, stand: GenerationStand) => Promise<Result>): Promise<Result> {
    for (let met = 0; ; met += 1) {
      const generation = await this.live();
      try {
        return await generation.read(work);
      } catch (error) {
        if (!(error instanceof GenerationGone) || met === MAX_SWAPS_MET) throw error;
        this.forget(generation);
      }
    }
  }

  live(): Promise<Generation> {
    this.current ??= this.openLive();
    return this.current;
  }

  /** The live generation as the database says now, not as it was last seen. */
  async refresh(): Promise<Generation> {
    const seen = await this.live();
    if (seen.number === (await this.liveNumber())) return seen;
    this.forget(seen);
    return this.live();
  }

  /** The generation is not live any more: the next reader looks again. */
  forget(generation: Generation): void {
    if (this.seen !== generation) return;
    this.seen = null;
    this.current = null;
    this.closing.push(generation.close());
  }

  async create(state: 'building' | 'live'): Promise<number> {
    const [row]: { number: number }[] = await this.control.query(
      `SELECT nextval('read_models.generation_numbers')::integer AS number`,
    );
    const number = row?.number ?? 0;
    await this.control.query(`CREATE SCHEMA ${schemaOfGeneration(number)}`);
    await this.migrate(number);
    await this.control.transaction(async (manager) => {
      await manager.query(`INSERT INTO read_models.generations (number, state, model_version) VALUES ($1, $2, $3)`, [
        number,
        state,
        MODEL_VERSION,
      ]);
      await manager.query(`INSERT INTO read_models.checkpoints (generation, partition) SELECT $1, unnest($2::text[])`, [
        number,
        state === 'live' ? this.partitions : [HISTORY_PARTITION],
      ]);
    });
    return number;
  }

  /**
   * Makes the live generation go on in the partitions that the feed has now. Where another feed left it, it begins
   * after the position up to which all of it is complete; what it has beyond comes again and is left out.
   */
  async settlePartitions(feed: PartitionedFeed): Promise<void> {
    const live = await this.liveNumber();
    if (live === null) return;
    await this.control.transaction(async (manager) => {
      const rows: { partition: string; position: string | null }[] = await manager.query(
        `SELECT partition, position FROM read_models.checkpoints WHERE generation = $1 FOR UPDATE`,
        [live],
      );
      const standing = rows.map(({ partition }) => partition).sort();
      if (standing.join() === [...this.partitions].sort().join()) return;
      const positions = rows.flatMap(({ position }) => position ?? []).sort((a, b) => feed.comparePositions(a, b));
      const least = positions.length < rows.length ? null : (positions[0] ?? null);
      await this.replaceCheckpoints(manager, live, least, least === null ? null : feed.checkpointAt(least));
    });
  }

  /** Every partition of the feed goes on at the same place. */
  async replaceCheckpoints(
    manager: EntityManager,
    generation: number,
    position: string | null,
    next: Checkpoint,
  ): Promise<void> {
    await manager.query(`DELETE FROM read_models.checkpoints WHERE generation = $1`, [generation]);
    await manager.query(
      `INSERT INTO read_models.checkpoints (generation, partition, next, position)
       SELECT $1, unnest($2::text[]), $3, $4`,
      [generation, this.partitions, next, position],
    );
  }

  /** Drops whatever is neither live nor named: generations of an interrupted rebuild and those swapped out. */
  async dropOthers(): Promise<void> {
    const live = await this.liveNumber();
    const schemas: { name: string }[] = await this.control.query(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^rm_[0-9]+$' AND nspname <> $1`,
      [live === null ? '' : schemaOfGeneration(live)],
    );
    for (const { name } of schemas) {
      await this.control.transaction((manager) => this.dropUnlessLive(manager, Number(name.slice(3))));
    }
  }

  /**
   * Whoever asks for it may know less than the database: the answer to the swap that made it live may have been lost,
   * or be on its way. The row is waited for; where there is none, nobody ever made it live.
   */
  async dropUnlessLive(manager: EntityManager, number: number): Promise<void> {
    const [row]: { state: string }[] = await manager.query(
      `SELECT state FROM read_models.generations WHERE number = $1 FOR UPDATE`,
      [number],
    );
    if (row?.state === 'live') return;
    await manager.query(`DELETE FROM read_models.generations WHERE number = $1`, [number]);
    await manager.query(`DROP SCHEMA IF EXISTS ${schemaOfGeneration(number)} CASCADE`);
  }

  /** For a rebuild, which copies into it. */
  async openNumber(number: number): Promise<Generation> {
    return Generation.open(this.settings, number);
  }

  /** False: it was made by another version, and what that one did otherwise may be wrong by this one. */
  async isLiveOfThisVersion(): Promise<boolean> {
    const [row]: { version: string }[] = await this.control.query(
      `SELECT model_version AS version FROM read_models.generations WHERE state = 'live'`,
    );
    return row?.version === MODEL_VERSION;
  }

  /**
   * Runs `work` while no other process of this database holds the lock of that name. The lock is the session's, so no
   * transaction is open meanwhile: one would hide newer events from the readers of the event store.
   */
  async withLock<Result>(name: keyof typeof LOCKS, work: () => Promise<Result>): Promise<Result> {
    const runner = this.control.createQueryRunner();
    try {
      await runner.query(`SELECT pg_advisory_lock($1)`, [LOCKS[name]]);
      return await work();
    } finally {
      await runner.query(`SELECT pg_advisory_unlock($1)`, [LOCKS[name]]);
      await runner.release();
    }
  }

  /**
   * Null: another process has the lock. It goes with its connection; `onLost` is told when that turns out only after
   * the work, whose result stands.
   */
  async tryLock<Result>(
    name: keyof typeof LOCKS,
    work: (lock: HeldLock) => Promise<Result>,
    onLost: (error: LockLost) => void = () => undefined,
  ): Promise<Result | null> {
    const runner = this.control.createQueryRunner();
    try {
      const [row] = (await runner.query(`SELECT pg_try_advisory_lock($1) AS locked`, [LOCKS[name]])) as {
        locked: boolean;
      }[];
      if (row?.locked !== true) return null;
      const ask = async (statement: string): Promise<void> => {
        try {
          await runner.query(statement);
        } catch (error) {
          throw new LockLost(name, error);
        }
      };
      try {
        return await work({ assertHeld: () => ask('SELECT 1') });
      } finally {
        await ask(`SELECT pg_advisory_unlock(${LOCKS[name]})`).catch(onLost);
      }
    } finally {
      await runner.release();
    }
  }

  async close(): Promise<void> {
    const generation = await this.current?.catch(() => null);
    this.current = null;
    this.seen = null;
    await generation?.close();
    await Promise.all(this.closing);
    if (this.control.isInitialized) await this.control.destroy();
  }

  private async openLive(): Promise<Generation> {
    try {
      const number = await this.liveNumber();
      if (number === null) throw new Error('the read models have no live generation');
      this.seen = await Generation.open({ ...this.settings, pipelined: true }, number);
      return this.seen;
    } catch (error) {
      this.current = null;
      throw error;
    }
  }

  private async liveNumber(): Promise<number | null> {
    const [row]: { number: number }[] = await this.control.query(
      `SELECT number FROM read_models.generations WHERE state = 'live'`,
    );
    return row?.number ?? null;
  }

  private async migrate(number: number): Promise<void> {
    const generation = await Generation.open({ ...this.settings, maxConnections: 1 }, number);
    try {
      await generation.dataSource.runMigrations();
    } finally {
      await generation.close();
    }
  }
}
