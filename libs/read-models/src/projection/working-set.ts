import type {
  AccountRow,
  ApplicationEndingRow,
  ApplicationRow,
  BalanceRow,
  BlockRow,
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
import { joined, Tracked } from './tracked';

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
/** An order that seldom changes any more. */
const ENDED: ReadonlySet<string> = new Set(['invoiced', 'cancelled', 'closed']);

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
  readonly blocks: BlockRow[] = [];
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
    this.accounts = new Tracked(
      (row) => row.accountId,
      isComplete,
      () => false,
    );
    this.balances = new Tracked(
      (row) => joined(row.accountId, row.currency, row.category),
      isComplete,
      () => false,
    );
    this.items = new Tracked(
      (row) => joined(row.accountId, row.kind, row.company, row.number, row.item),
      isComplete,
      ({ settledOn }) => settledOn !== 'infinity',
    );
    this.documents = new Tracked(
      (row) => joined(row.accountId, row.kind, row.company, row.number),
      isComplete,
      () => true,
    );
    this.disputes = new Tracked(
      (row) => joined(row.accountId, row.company, row.disputeId),
      isComplete,
      ({ outcome }) => outcome !== null,
    );
    this.orders = new Tracked(
      (row) => joined(row.accountId, row.company, row.orderId),
      isComplete,
      ({ status }) => ENDED.has(status),
    );
    this.shipments = new Tracked(
      (row) => joined(row.accountId, row.company, row.shipmentId),
      isComplete,
      () => true,
    );
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

  /** All of it is in the database: the set may serve the next batch if nobody else writes before that. */
  settle(keptRows: number): void {
    this.forgetAdded();
    const { accounts, balances, items, documents, disputes, orders, shipments } = this;
    for (const rows of [accounts, balances, items, documents, disputes, orders, shipments]) {
      rows.settle(keptRows, Math.floor(keptRows / 2));
    }
  }

  /** What was only added is written and need not be known any more. */
  forgetAdded(): void {
    const { blocks, limits, moves, applications, endings, decisions, holds, waiting, endedHolds, arrived } = this;
    this.profiles.clear();
    for (const rows of [blocks, limits, moves, applications, endings, decisions, holds, waiting, endedHolds, arrived]) {
      rows.length = 0;
    }
  }
}
