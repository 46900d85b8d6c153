import type { AccountId, CommandOf } from '@duestream/domain';

/** Another way of making the same durable decision. */
export interface Rival {
  readonly name: string;
  open(accounts: readonly AccountId[]): Promise<void>;
  /** True when the order was approved and is on disk. */
  decide(order: CommandOf<'order.placed.v1'>): Promise<boolean>;
  /** Counts the decisions that its tables hold. */
  readonly countSql: string;
  close(): Promise<void>;
}

/** What a real decision of ours stores: the rivals write as many bytes, so that none wins by writing less. */
export interface StoredDecision {
  readonly placed: StoredPart;
  readonly approved: StoredPart;
}

export interface StoredPart {
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}
