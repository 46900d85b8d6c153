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

/** Rows by key, as the database has them or as the batch changed them. */
export class Tracked<Row extends object> {
  private readonly rows = new Map<string, Row>();
  private readonly dirty = new Set<string>();

  constructor(private readonly keyOf: (row: Row) => string) {}

  load(rows: readonly Row[]): void {
    for (const row of rows) this.rows.set(this.keyOf(row), row);
  }

  get(...key: readonly (string | number)[]): Row | undefined {
    return this.rows.get(joined(...key));
  }

  put(row: Row): void {
    const key = this.keyOf(row);
    this.rows.set(key, row);
    this.dirty.add(key);
  }

  changed(): Row[] {
    return [...this.dirty].flatMap((key) => this.rows.get(key) ?? []);
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

/** Everything that one batch reads and changes. */
export class WorkingSet {
  readonly accounts = new Tracked<AccountRow>((row) => row.accountId);
  readonly balances = new Tracked<BalanceRow>((row) => joined(row.accountId, row.currency, row.category));
  readonly items = new Tracked<ItemRow>((row) => joined(row.accountId, row.kind, row.company, row.number, row.item));
  readonly documents = new Tracked<DocumentRow>((row) => joined(row.accountId, row.kind, row.company, row.number));
  readonly disputes = new Tracked<DisputeRow>((row) => joined(row.accountId, row.company, row.disputeId));
  readonly orders = new Tracked<OrderRow>((row) => joined(row.accountId, row.company, row.orderId));
  readonly shipments = new Tracked<ShipmentRow>((row) => joined(row.accountId, row.company, row.shipmentId));
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
}
