export { MAX_HISTORY_PAGE_BYTES, readHistory, readStoredHistory, UnreadableCursor } from './history/read-history';
export type { HistoryRange, StoredHistoryItem } from './history/read-history';
export { stateAt, type StateView, type Until } from './history/state-at';
export type { Damage, DamageKind } from './verify/damage';
export { verify } from './verify/verify';
export type { VerifyOptions, VerifyReport } from './verify/verify';
export type { AuditedStore } from './verify/verify-stream';
