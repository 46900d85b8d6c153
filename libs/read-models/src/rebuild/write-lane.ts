import type { QueryConfig } from 'pg';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import { copyLines, linesOf, upsertRows } from '../database/bulk';
import type { Session } from '../database/session';
import { sqlStateOf, UNIQUE_VIOLATION } from '../database/sql-state';

/** What may wait to be sent. */
const MAX_WAITING_BYTES = 4_000_000;
/** Of one table: some thousand rows, which is some ten milliseconds of the server's time. */
const GATHERED_BYTES = 256_000;
/** Rows that are turned into text before it is looked how much that is. */
const ROWS_AT_ONCE = 500;
/** Rows per statement: each commits alone, in a fraction of a second. */
const MAX_ROWS = 10_000;

interface Gathered {
  /** As bytes from the first: a text of many parts is work for the collector as long as it lives. */
  readonly lines: Buffer[];
  bytes: number;
  /** Those that may be there already, as they were told: a row may come again later. */
  readonly mayBeThere: unknown[];
  readonly whenWritten: (() => void)[];
  readonly send: () => void;
}

/** Writes in the order in which it is told to, while its caller goes on. Each statement is a transaction. */
export class WriteLane {
  private readonly gathered = new Map<object, Gathered>();
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
    if (rows.length > 0) this.gather(entity, rows);
  }

  /** Rows that should be new. Where one is not, they all are written over what is there. */
  make<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): void {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      this.gather(entity, rows.slice(from, from + ROWS_AT_ONCE), false);
    }
  }

  /** Rows that are there in a former shape. */
  change<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): void {
    if (rows.length === 0) return;
    this.gathered.get(entity)?.send();
    this.push(0, () => this.writeOver(entity, rows));
  }

  /** Calls back once everything is written that was told of the entity so far. */
  whenWritten<Row extends ObjectLiteral>(entity: EntitySchema<Row>, callback: () => void): void {
    const gathered = this.gathered.get(entity);
    if (gathered !== undefined) gathered.whenWritten.push(callback);
    else this.tail.then(callback, () => undefined);
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

  private gather<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[], areNew = true): void {
    const gathered = this.gathered.get(entity) ?? this.gathering(entity);
    const lines = Buffer.from(linesOf(this.session.dataSource, entity, rows));
    gathered.lines.push(lines);
    gathered.bytes += lines.length;
    if (!areNew) gathered.mayBeThere.push(rows);
    if (gathered.bytes >= GATHERED_BYTES) gathered.send();
  }

  private gathering<Row extends ObjectLiteral>(entity: EntitySchema<Row>): Gathered {
    const mayBeThere: (readonly Row[])[] = [];
    const gathered: Gathered = {
      lines: [],
      bytes: 0,
      mayBeThere,
      whenWritten: [],
      send: () => {
        this.gathered.delete(entity);
        const lines = Buffer.concat(gathered.lines, gathered.bytes);
        this.push(lines.length, async () => {
          await this.copyIn(entity, lines, mayBeThere);
          for (const callback of gathered.whenWritten) callback();
        });
      },
    };
    this.gathered.set(entity, gathered);
    return gathered;
  }

  private async copyIn<Row extends ObjectLiteral>(
    entity: EntitySchema<Row>,
    lines: Buffer,
    mayBeThere: readonly (readonly Row[])[],
  ): Promise<void> {
    try {
      await copyLines(this.session, entity, lines);
    } catch (error) {
      if (mayBeThere.length === 0 || sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
      for (const rows of mayBeThere) await this.writeOver(entity, rows);
    }
  }

  private async writeOver<Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: readonly Row[]): Promise<void> {
    for (const some of inParts(rows)) await upsertRows(this.session, entity, some);
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
