import type { DataSource, EntityManager } from 'typeorm';
import { withSession } from './session';
import { sqlStateOf, UNDEFINED_TABLE } from './sql-state';
import { generationDataSource, generationEntities, schemaOfGeneration, type DataSourceSettings } from './data-source';

/** What a generation had taken when a transaction began to read it. */
export interface GenerationStand {
  readonly generation: number;
  readonly events: number;
  readonly recordedAt: string | null;
  readonly checkpoints: ReadonlyMap<string, string | null>;
  /** Of each partition of the feed, the store's position that it is complete up to. */
  readonly positions: ReadonlyMap<string, string | null>;
}

/** False while some partitions of the feed are ahead of others. */
export function isOfOnePosition({ positions }: GenerationStand): boolean {
  return new Set(positions.values()).size <= 1;
}

/** The generation was swapped out: look for the live one and try again. */
export class GenerationGone extends Error {}

/** One generation of the models and the connections to it. */
export class Generation {
  private using = 0;
  private readonly idle: (() => void)[] = [];

  private constructor(
    readonly number: number,
    readonly dataSource: DataSource,
  ) {}

  static async open(settings: DataSourceSettings, number: number): Promise<Generation> {
    const dataSource = generationDataSource(settings, number);
    await dataSource.initialize();
    return new Generation(number, dataSource);
  }

  get schema(): string {
    return schemaOfGeneration(this.number);
  }

  /** All that `work` reads is of one moment, and of the position that `stand` names. */
  async read<Result>(work: (manager: EntityManager, stand: GenerationStand) => Promise<Result>): Promise<Result> {
    try {
      return await this.hold(() =>
        this.dataSource.transaction('REPEATABLE READ', async (manager) => {
          await manager.query('SET TRANSACTION READ ONLY');
          return work(manager, await readStand(manager, this.number));
        }),
      );
    } catch (error) {
      // A dropped generation's tables are missing, whatever the pointer said when the transaction began.
      throw sqlStateOf(error) === UNDEFINED_TABLE ? new GenerationGone() : error;
    }
  }

  /**
   * Tells the planner what is in the tables: it would guess until the server gets round to it, a minute from now. A
   * tenth of the ordinary sample takes a tenth of its time and serves until then.
   */
  async analyze(): Promise<void> {
    await withSession(this.dataSource, async ({ client }) => {
      await client.query('SET default_statistics_target = 10');
      for (const { options } of generationEntities) await client.query(`ANALYZE ${options.tableName ?? ''}`);
      await client.query('RESET default_statistics_target');
    });
  }

  /** Keeps the connections open until `work` is done. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.dataSource.isInitialized) throw new GenerationGone();
    this.using += 1;
    try {
      return await work();
    } finally {
      this.using -= 1;
      if (this.using === 0) for (const resolve of this.idle.splice(0)) resolve();
    }
  }

  /** Ends the connections once nobody reads any more. */
  async close(): Promise<void> {
    while (this.using > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

async function readStand(manager: EntityManager, number: number): Promise<GenerationStand> {
  const rows: {
    state: string;
    events: number;
    recordedAt: string | null;
    partition: string | null;
    next: string | null;
    position: string | null;
  }[] = await manager.query(
    `SELECT g.state, g.events, g.recorded_at AS "recordedAt", c.partition, c.next, c.position
       FROM read_models.generations g
       LEFT JOIN read_models.checkpoints c ON c.generation = g.number
      WHERE g.number = $1`,
    [number],
  );
  const [first] = rows;
  if (first === undefined || first.state === 'retired') throw new GenerationGone();
  const partitions = rows.filter((row) => row.partition !== null);
  return {
    generation: number,
    events: first.events,
    recordedAt: first.recordedAt,
    checkpoints: new Map(partitions.map((row) => [row.partition ?? '', row.next])),
    positions: new Map(partitions.map((row) => [row.partition ?? '', row.position])),
  };
}
