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

export const joined = (...parts: readonly (string | number)[]): string => parts.join(SEPARATOR);

/** Rows to be written: `made` are new for certain unless somebody made them before, `changed` the database has. */
export interface ToWrite<Row> {
  readonly made: readonly Row[];
  readonly changed: readonly Row[];
}

/** Rows by key, as the database has them or as the batch changed them; the one put last comes last. */
export class Tracked<Row extends object> {
  private readonly rows = new Map<string, Row>();
  private readonly dirty = new Set<string>();
  private readonly stored = new Set<string>();

  /** `isComplete`: the database has no row that is not here, so that there is nothing to be read. */
  constructor(
    private readonly keyOf: (row: Row) => string,
    public isComplete = false,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  load(rows: readonly Row[]): void {
    for (const row of rows) {
      const key = this.keyOf(row);
      this.rows.set(key, row);
      this.stored.add(key);
    }
  }

  get(...key: readonly (string | number)[]): Row | undefined {
    return this.rows.get(joined(...key));
  }

  has(key: string): boolean {
    return this.rows.has(key);
  }

  put(row: Row): void {
    const key = this.keyOf(row);
    this.rows.delete(key);
    this.rows.set(key, row);
    this.dirty.add(key);
  }

  changed(): Row[] {
    return [...this.dirty].flatMap((key) => this.rows.get(key) ?? []);
  }

  /** Forgets the rows that were put longest ago until `kept` are left. What they became must be written. */
  forgetOldest(kept: number): ToWrite<Row> {
    const made: Row[] = [];
    const changed: Row[] = [];
    for (const [key, row] of this.rows) {
      if (this.rows.size <= kept) break;
      this.rows.delete(key);
      this.isComplete = false;
      const isStored = this.stored.delete(key);
      if (this.dirty.delete(key)) (isStored ? changed : made).push(row);
    }
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

/** Everything that one batch reads and changes, or all batches of a rebuild one after the other. */
export class WorkingSet {
  readonly accounts: Tracked<AccountRow>;
  readonly balances: Tracked<BalanceRow>;
  readonly items: Tracked<ItemRow>;
  readonly documents: Tracked<DocumentRow>;
  readonly disputes: Tracked<DisputeRow>;
  readonly orders: Tracked<OrderRow>;
  readonly shipments: Tracked<ShipmentRow>;
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

  /** `isComplete`: the tables are empty, and nobody else writes them. */
  constructor({ isComplete }: { readonly isComplete: boolean } = { isComplete: false }) {
    this.accounts = new Tracked((row) => row.accountId, isComplete);
    this.balances = new Tracked((row) => joined(row.accountId, row.currency, row.category), isComplete);
    this.items = new Tracked((row) => joined(row.accountId, row.kind, row.company, row.number, row.item), isComplete);
    this.documents = new Tracked((row) => joined(row.accountId, row.kind, row.company, row.number), isComplete);
    this.disputes = new Tracked((row) => joined(row.accountId, row.company, row.disputeId), isComplete);
    this.orders = new Tracked((row) => joined(row.accountId, row.company, row.orderId), isComplete);
    this.shipments = new Tracked((row) => joined(row.accountId, row.company, row.shipmentId), isComplete);
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
