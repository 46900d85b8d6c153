import type { QueryConfig } from 'pg';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import { copyLines, linesOf, upsertRows } from '../database/bulk';
import type { Session } from '../database/session';
import { sqlStateOf, UNIQUE_VIOLATION } from '../database/sql-state';

/** What may wait to be sent. */
const MAX_WAITING_BYTES = 4_000_000;
/** Of one table: some thousand rows, which is some ten milliseconds of the server's time. */
const GATHERED_CHARACTERS = 256_000;
/** Rows per statement: each commits alone, in a fraction of a second. */
const MAX_ROWS = 10_000;

/** Writes in the order in which it is told to, while its caller goes on. Each statement is a transaction. */
export class WriteLane {
  private readonly gathered = new Map<object, { lines: string; readonly send: () => void }>();
  private waitingBytes = 0;
  private tail: Promise<void> = Promise.resolve();

  private constructor(private readonly session: Session) {}

  /** The connection does not wait for its commits to be on disk; `close` makes it an ordinary one again. */
  static async on(session: Session): Promise<WriteLane> {
    await session.client.query('SET synchronous_commit = off');
    return new WriteLane(session);
  }

  /** Rows that nobody made before. They are turned into text at once and sent when there are many. */
  copy<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const gathered = this.gathered.get(entity) ?? { lines: '', send: () => this.sendGathered(entity) };
    gathered.lines += linesOf(this.session.dataSource, entity, rows);
    this.gathered.set(entity, gathered);
    if (gathered.lines.length >= GATHERED_CHARACTERS) gathered.send();
  }

  /** Rows that should be new. Where one is not, they all are written over what is there. */
  make<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): void {
    for (const some of inParts(rows)) {
      const lines = Buffer.from(linesOf(this.session.dataSource, entity, some));
      this.push(lines.length, async () => {
        try {
          await copyLines(this.session, entity, lines);
        } catch (error) {
          if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
          await upsertRows(this.session, entity, some);
        }
      });
    }
  }

  /** Rows that are there in a former shape. */
  change<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): void {
    for (const some of inParts(rows)) this.push(0, () => upsertRows(this.session, entity, some));
  }

  /** A statement that changes rows of the entity which were told to be copied before. */
  add<Row extends ObjectLiteral>(entity: EntitySchema<Row>, statement: QueryConfig | null): void {
    if (statement === null) return;
    this.gathered.get(entity)?.send();
    this.push(0, async () => {
      await this.session.client.query(statement);
    });
  }

  /** Once all that was told is done; nothing else is written meanwhile. */
  async use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    await this.drained();
    return work(this.session);
  }

  /** Resolves when there is room for more. Rejects with what went wrong so far. */
  async room(): Promise<void> {
    if (this.waitingBytes > MAX_WAITING_BYTES) await this.tail;
  }

  async drained(): Promise<void> {
    for (const { send } of [...this.gathered.values()]) send();
    await this.tail;
  }

  async close(): Promise<void> {
    await this.tail.catch(() => undefined);
    await this.session.client.query('RESET synchronous_commit');
  }

  private sendGathered<Row extends ObjectLiteral>(entity: EntitySchema<Row>): void {
    const lines = Buffer.from(this.gathered.get(entity)?.lines ?? '');
    this.gathered.delete(entity);
    this.push(lines.length, () => copyLines(this.session, entity, lines));
  }

  private push(bytes: number, job: () => Promise<void>): void {
    this.waitingBytes += bytes;
    this.tail = this.tail.then(async () => {
      await job();
      this.waitingBytes -= bytes;
    });
    // It is told to whoever waits next.
    this.tail.catch(() => undefined);
  }
}

function* inParts<Row>(rows: readonly Row[]): Iterable<readonly Row[]> {
  for (let from = 0; from < rows.length; from += MAX_ROWS) yield rows.slice(from, from + MAX_ROWS);
}
