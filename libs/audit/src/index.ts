export { readHistory, readStoredHistory, UnreadableCursor } from './history/read-history';
export type { HistoryRange, StoredHistoryItem } from './history/read-history';
export { stateAt, type StateView, type Until } from './history/state-at';
