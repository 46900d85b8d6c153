import type {
  AccountRow,
  ApplicationEndingRow,
  ApplicationRow,
  BalanceRow,
  DecisionRow,
  DisputeRow,
  DocumentRow,
  HoldRow,
  ItemRow,
  LimitRow,
  MoveRow,
  OrderRow,
  ProfileRow,
  ShipmentRow,
  WaitingRow,
} from '../entities';

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

/** Rows to be written: `changed` are in the database in a former shape, `made` should not be. */
export interface ToWrite<Row> {
  readonly made: readonly Row[];
  readonly changed: readonly Row[];
}

/** A row that the set has. It is changed in place: rows change several times before they are written. */
export class Entry<Row extends object> {
  isRecent = true;

  constructor(
    public row: Row,
    public isDirty: boolean,
    readonly isStored: boolean,
  ) {}

  change(fields: Partial<Row>): void {
    Object.assign(this.row, fields);
    this.isDirty = true;
    this.isRecent = true;
  }
}

/** Rows by key, as the database has them or as the batch changed them. */
export class Tracked<Row extends object, Name extends keyof Row = keyof Row> {
  private readonly entries = new Map<string, Entry<Row>>();

  /** `isComplete`: the database has no row that is not here, so that there is nothing to be read. */
  constructor(
    readonly keyOf: (key: Pick<Row, Name>) => string,
    public isComplete: boolean,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  load(rows: readonly Row[]): void {
    for (const row of rows) {
      this.entries.set(this.keyOf(row), new Entry(row, false, true));
    }
  }

  find(a: Part, b?: Part, c?: Part, d?: Part, e?: Part): Entry<Row> | undefined {
    return this.entries.get(joined(a, b, c, d, e));
  }

  get(a: Part, b?: Part, c?: Part, d?: Part, e?: Part): Row | undefined {
    return this.find(a, b, c, d, e)?.row;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** A row that is new, or in place of the one with its key. The set may change it from now on. */
  put(row: Row): void {
    const key = this.keyOf(row);
    const entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, new Entry(row, true, false));
    else entry.change(row);
  }

  changed(): Row[] {
    const rows: Row[] = [];
    for (const { row, isDirty } of this.entries.values()) if (isDirty) rows.push(row);
    return rows;
  }

  /**
   * Forgets rows until `kept` are left, first those that nothing has put since the last time. What they became must be
   * written.
   */
  forget(kept: number): ToWrite<Row> {
    const made: Row[] = [];
    const changed: Row[] = [];
    for (const sparesRecent of [true, false]) {
      for (const [key, entry] of this.entries) {
        if (this.entries.size <= kept) break;
        if (sparesRecent && entry.isRecent) continue;
        this.entries.delete(key);
        if (entry.isDirty) (entry.isStored ? changed : made).push(entry.row);
      }
    }
    for (const entry of this.entries.values()) entry.isRecent = false;
    this.isComplete = false;
    return { made, changed };
  }
}

/** Something that ends at an event: `seq` and `recordedAt` are that event's. */
export interface Ending<Key> {
  readonly key: Key;
  readonly seq: number;
}

export interface HoldKey {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly revision: number;
}

export interface ArrivedDocument {
  readonly accountId: string;
  readonly kind: string;
  readonly company: string;
  readonly number: string;
}

const MAX_AWAITED = 50_000;

/** Everything that one batch reads and changes, or all batches of a rebuild one after the other. */
export class WorkingSet {
  readonly accounts: Tracked<AccountRow, 'accountId'>;
  readonly balances: Tracked<BalanceRow, 'accountId' | 'currency' | 'category'>;
  readonly items: Tracked<ItemRow, 'accountId' | 'kind' | 'company' | 'number' | 'item'>;
  readonly documents: Tracked<DocumentRow, 'accountId' | 'kind' | 'company' | 'number'>;
  readonly disputes: Tracked<DisputeRow, 'accountId' | 'company' | 'disputeId'>;
  readonly orders: Tracked<OrderRow, 'accountId' | 'company' | 'orderId'>;
  readonly shipments: Tracked<ShipmentRow, 'accountId' | 'company' | 'shipmentId'>;
  /** The profiles that the batch adds; those from before are superseded by key. */
  readonly profiles = new Map<string, ProfileRow[]>();
  readonly limits: LimitRow[] = [];
  readonly moves: MoveRow[] = [];
  readonly applications: ApplicationRow[] = [];
  readonly endings: ApplicationEndingRow[] = [];
  readonly decisions: DecisionRow[] = [];
  readonly holds: HoldRow[] = [];
  readonly waiting: WaitingRow[] = [];
  readonly endedHolds: Ending<HoldKey>[] = [];
  readonly arrived: Ending<ArrivedDocument>[] = [];
  /** What something waits for; null: not all of it is known. */
  private awaited: Set<string> | null;

  /** `isComplete`: the tables are empty, and nobody else writes them. */
  constructor({ isComplete }: { readonly isComplete: boolean } = { isComplete: false }) {
    this.awaited = isComplete ? new Set() : null;
    this.accounts = new Tracked((row) => row.accountId, isComplete);
    this.balances = new Tracked((row) => joined(row.accountId, row.currency, row.category), isComplete);
    this.items = new Tracked((row) => joined(row.accountId, row.kind, row.company, row.number, row.item), isComplete);
    this.documents = new Tracked((row) => joined(row.accountId, row.kind, row.company, row.number), isComplete);
    this.disputes = new Tracked((row) => joined(row.accountId, row.company, row.disputeId), isComplete);
    this.orders = new Tracked((row) => joined(row.accountId, row.company, row.orderId), isComplete);
    this.shipments = new Tracked((row) => joined(row.accountId, row.company, row.shipmentId), isComplete);
  }

  waitFor(row: WaitingRow): void {
    this.waiting.push(row);
    this.awaited?.add(joined(row.accountId, row.waitingKind, row.waitingCompany, row.waitingNumber));
    if (this.awaited !== null && this.awaited.size > MAX_AWAITED) this.awaited = null;
  }

  /** Most documents that arrive are waited for by nothing. */
  arrive(key: ArrivedDocument, seq: number): void {
    const { accountId, kind, company, number } = key;
    if (this.awaited?.has(joined(accountId, kind, company, number)) ?? true) this.arrived.push({ key, seq });
  }

  /** What was only added is written and need not be known any more. */
  forgetAdded(): void {
    const { limits, moves, applications, endings, decisions, holds, waiting, endedHolds, arrived } = this;
    this.profiles.clear();
    for (const rows of [limits, moves, applications, endings, decisions, holds, waiting, endedHolds, arrived]) {
      rows.length = 0;
    }
  }
}
