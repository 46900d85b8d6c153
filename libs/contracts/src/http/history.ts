import type { Actor } from './actor';

/** One event of an account; `type` and `data` in the outbound form. */
export interface HistoryItem {
  readonly revision: number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
}
