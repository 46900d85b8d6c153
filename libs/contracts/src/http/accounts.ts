import type { MoneyText } from '@duestream/domain';

export interface LimitView {
  /** Null: none set. */
  readonly amount: MoneyText | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

export interface AccountView {
  readonly accountId: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string | null;
  readonly segment: string | null;
  readonly riskClass: string | null;
  readonly parentId: string | null;
  readonly terms: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly blocked: boolean;
  /** The one that counts on the business date; null: none. */
  readonly limit: LimitView | null;
  readonly accountRevision: number;
}
