import type { MoneyText } from '@duestream/domain';

/** Decimal strings in the account's currency. The last three are positive numbers that are subtracted. */
export interface ExposureCategories {
  readonly orders: string;
  readonly deliveries: string;
  readonly billing: string;
  readonly receivables: string;
  readonly special: string;
  readonly unappliedCash: string;
  readonly creditNotes: string;
  readonly secured: string;
}

export interface ExposureView {
  readonly accountId: string;
  readonly currency: string;
  readonly total: string;
  readonly categories: ExposureCategories;
  /** Null: none set, or none valid that day. */
  readonly limit: string | null;
  readonly available: string | null;
  /** Exposure / limit as a decimal string; null without a limit. */
  readonly utilisation: string | null;
  /** Figures in currencies without an exchange rate: listed, not counted. */
  readonly unconverted: readonly MoneyText[];
}
