import { PersistentMap } from '../collections/persistent-map';
import type { Currency } from '../money/currencies';
import type { Instant } from '../time/instant';
import { FIRST_DATE, type LocalDate } from '../time/local-date';
import type { Block } from './profile/block';
import type { Cash } from './cash/cash';
import type { AccountId, DocumentKey } from './documents';
import type { RecordedEvent } from './events';
import type { Invoice } from './invoice/invoice';
import type { LimitEntry } from './limit/limit';
import type { AccountFields } from './messages';
import type { Order } from './order/order';
import type { OrderStatus } from './order/standing';
import type { Waiting } from './waiting/waiting';

/**
 * What decides: the open documents of one account and a short entry for every document it ever had. Immutable.
 * A closed document stays only as its entry; a command that touches it has it loaded first (`needs`).
 */
export interface AccountState {
  readonly accountId: AccountId;
  /** Of the last event; -1 before the first. */
  readonly revision: number;
  readonly lastRecordedAt: Instant | null;
  /** The latest business date that any event was decided on. */
  readonly businessDate: LocalDate;
  readonly profile: Profile | null;
  readonly blocks: readonly Block[];
  /** In the order of recording. */
  readonly limits: readonly LimitEntry[];
  readonly index: PersistentMap<DocumentKey, IndexEntry>;
  readonly orders: PersistentMap<DocumentKey, Order>;
  readonly invoices: PersistentMap<DocumentKey, Invoice>;
  readonly cash: PersistentMap<DocumentKey, Cash>;
  readonly waiting: PersistentMap<string, Waiting>;
  /** Which entries of `waiting` wait for a document. */
  readonly awaited: PersistentMap<DocumentKey, readonly string[]>;
  /** Sums of all moves ever recorded, whatever their date. */
  readonly totals: PersistentMap<Currency, Totals>;
  /** Orders with a decision outstanding. */
  readonly held: PersistentMap<DocumentKey, true>;
  /** Documents with an effect later than `businessDate`. */
  readonly postDated: PersistentMap<DocumentKey, true>;
  /** Closed documents that were loaded for the command at hand; empty in a state that was only evolved. */
  readonly loaded: Loaded;
}

export interface Profile {
  readonly fields: AccountFields;
  readonly currency: Currency;
  /** A document was recorded, so the currency can't change any more. */
  readonly currencyFixed: boolean;
}

export interface Totals {
  readonly orders: bigint;
  readonly deliveries: bigint;
  readonly receivables: bigint;
  readonly unappliedCash: bigint;
  readonly creditNotes: bigint;
}

export interface IndexEntry {
  /** SHA-256 of the content as sent; "" for what no message named (automatic applications). */
  readonly hash: string;
  readonly first: number;
  readonly last: number;
  /** Revision of the first credit decision that the document or message brought about. */
  readonly decided?: number;
  /** It waited and then had nothing to act on. */
  readonly lapsed?: true;
  /** The documents that hold this one: a shipment's order, an application's payment and invoice. */
  readonly owners?: readonly DocumentKey[];
  /** How a closed order ended. */
  readonly status?: OrderStatus;
}

export interface Loaded {
  readonly events: ReadonlyMap<number, RecordedEvent>;
  readonly documents: ReadonlySet<DocumentKey>;
}

export const NOTHING_LOADED: Loaded = { events: new Map(), documents: new Set() };

export const ZERO_TOTALS: Totals = {
  orders: 0n,
  deliveries: 0n,
  receivables: 0n,
  unappliedCash: 0n,
  creditNotes: 0n,
};

export function initialState(accountId: AccountId): AccountState {
  return {
    accountId,
    revision: -1,
    lastRecordedAt: null,
    businessDate: FIRST_DATE,
    profile: null,
    blocks: [],
    limits: [],
    index: PersistentMap.empty(),
    orders: PersistentMap.empty(),
    invoices: PersistentMap.empty(),
    cash: PersistentMap.empty(),
    waiting: PersistentMap.empty(),
    awaited: PersistentMap.empty(),
    totals: PersistentMap.empty(),
    held: PersistentMap.empty(),
    postDated: PersistentMap.empty(),
    loaded: NOTHING_LOADED,
  };
}
