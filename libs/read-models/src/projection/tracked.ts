const SEPARATOR = '\u0000';

type Part = string | number;

/** The parts of a key as one text. Written out, because every change of every row comes through here. */
export function joined(a: Part, b?: Part, c?: Part, d?: Part, e?: Part): string {
  let text = String(a);
  if (b !== undefined) text += SEPARATOR + b;
  if (c !== undefined) text += SEPARATOR + c;
  if (d !== undefined) text += SEPARATOR + d;
  if (e !== undefined) text += SEPARATOR + e;
  return text;
}

/** A row that the set has. It is changed in place: rows change several times before they are written. */
export class Entry<Row extends object> {
  /** Whether it is among those that were put or changed since rows were taken out the last time. */
  isRecent = true;

  constructor(
    readonly key: string,
    readonly row: Row,
    public isDirty: boolean,
    public isStored: boolean,
    private readonly recent: Entry<Row>[],
  ) {
    recent.push(this);
  }

  change(fields: Partial<Row>): void {
    Object.assign(this.row, fields);
    this.isDirty = true;
    if (this.isRecent) return;
    this.isRecent = true;
    this.recent.push(this);
  }
}

/** Rows to be written: `changed` are in the database in a former shape, `made` should not be. */
export interface ToWrite<Row> {
  readonly made: readonly Row[];
  readonly changed: readonly Row[];
}

/** Rows that were taken out. Until `written` is called the set still finds them. */
export interface TakenOut<Row> extends ToWrite<Row> {
  readonly written: () => void;
}

interface Found<Row extends object> {
  readonly a: Part;
  readonly b: Part | undefined;
  readonly c: Part | undefined;
  readonly d: Part | undefined;
  readonly e: Part | undefined;
  readonly entry: Entry<Row>;
}

/** Rows by key, as the database has them or as the batch changed them. */
export class Tracked<Row extends object, Name extends keyof Row = keyof Row> {
  private readonly entries = new Map<string, Entry<Row>>();
  /** Taken out with their changes, which readers of the database may not see yet. */
  private readonly leaving = new Map<string, Entry<Row>>();
  private readonly recent: Entry<Row>[] = [];
  private last: Found<Row> | null = null;

  /**
   * `isComplete`: the database has no row that is not here, so that there is nothing to be read. `isDone`: in the
   * course of business the row does not change any more.
   */
  constructor(
    readonly keyOf: (key: Pick<Row, Name>) => string,
    public isComplete: boolean,
    private readonly isDone: (row: Row) => boolean,
  ) {}

  load(rows: readonly Row[]): void {
    for (const row of rows) this.add(this.keyOf(row), row, { isDirty: false, isStored: true });
  }

  /** One event looks for the same row several times, and to compare is cheaper than to look up. */
  find(a: Part, b?: Part, c?: Part, d?: Part, e?: Part): Entry<Row> | undefined {
    const { last } = this;
    if (last !== null && last.a === a && last.b === b && last.c === c && last.d === d && last.e === e)
      return last.entry;
    const entry = this.entries.get(joined(a, b, c, d, e));
    if (entry !== undefined) this.last = { a, b, c, d, e, entry };
    return entry;
  }

  get(a: Part, b?: Part, c?: Part, d?: Part, e?: Part): Row | undefined {
    return this.find(a, b, c, d, e)?.row;
  }

  /** Whether the row need not be read. One that is on its way out is in again. */
  has(key: string): boolean {
    if (this.entries.has(key)) return true;
    const left = this.leaving.get(key);
    if (left === undefined) return false;
    this.add(key, left.row, { isDirty: false, isStored: true });
    return true;
  }

  /** A row that is new, or in place of the one with its key. The set may change it from now on. */
  put(row: Row): void {
    const key = this.keyOf(row);
    const entry = this.entries.get(key);
    if (entry === undefined) this.add(key, row, { isDirty: true, isStored: false });
    else entry.change(row);
  }

  changed(): Row[] {
    const rows: Row[] = [];
    for (const { row, isDirty } of this.entries.values()) if (isDirty) rows.push(row);
    return rows;
  }

  /**
   * Takes out the rows that are done, and when more than `max` are left then also others until `kept` are, first those
   * that nothing has changed since the last time.
   */
  takeOut(max: number, kept: number): TakenOut<Row> {
    const out: Entry<Row>[] = [];
    for (const entry of this.recent) if (this.isDone(entry.row)) this.leave(entry, out);
    if (this.entries.size > max) {
      for (const sparesRecent of [true, false]) {
        for (const entry of this.entries.values()) {
          if (this.entries.size <= kept) break;
          if (!sparesRecent || !entry.isRecent) this.leave(entry, out);
        }
      }
    }
    for (const entry of this.recent) entry.isRecent = false;
    this.recent.length = 0;
    return {
      made: out.flatMap(({ row, isStored }) => (isStored ? [] : row)),
      changed: out.flatMap(({ row, isStored }) => (isStored ? row : [])),
      written: () => {
        for (const entry of out) if (this.leaving.get(entry.key) === entry) this.leaving.delete(entry.key);
      },
    };
  }

  /** All that changed is in the database now. Of the rows, at most `max` stay, as with `takeOut`. */
  settle(max: number, kept: number): void {
    for (const entry of this.recent) {
      entry.isDirty = false;
      entry.isStored = true;
    }
    this.takeOut(max, kept);
  }

  private add(key: string, row: Row, { isDirty, isStored }: { isDirty: boolean; isStored: boolean }): void {
    this.last = null;
    this.entries.set(key, new Entry(key, row, isDirty, isStored, this.recent));
  }

  private leave(entry: Entry<Row>, out: Entry<Row>[]): void {
    this.last = null;
    this.entries.delete(entry.key);
    this.isComplete = false;
    if (!entry.isDirty) return;
    this.leaving.set(entry.key, entry);
    out.push(entry);
  }
}
