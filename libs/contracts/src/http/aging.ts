export type AgingBy = 'portfolio' | 'account' | 'segment';

/** Days past due, inclusive; null at the open ends (not due: `from` null, `to` 0). */
export interface AgingBucket {
  readonly from: number | null;
  readonly to: number | null;
  readonly amount: string;
  readonly count: number;
}

/** One group and currency; a group with nothing open is left out. Amounts are decimal strings. */
export interface AgingItem {
  /** The account or segment; empty for the portfolio. */
  readonly key: string;
  readonly currency: string;
  readonly buckets: readonly AgingBucket[];
  readonly total: string;
  readonly overdue: string;
  readonly disputed: string;
  readonly openItems: number;
}

/** An open item; payments and credit notes are negative lines aged by their own date. */
export interface OpenItemView {
  readonly accountId: string;
  readonly kind: 'invoice' | 'payment' | 'credit-note';
  readonly company: string;
  readonly number: string;
  /** Instalment, 0 for a whole document. */
  readonly item: number;
  readonly currency: string;
  readonly original: string;
  readonly open: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly daysPastDue: number;
  readonly bucket: { readonly from: number | null; readonly to: number | null };
  readonly disputed: string;
}
