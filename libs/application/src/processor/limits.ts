/** A limit on everything that could grow. */
export interface ProcessorLimits {
  /** Commands waiting in all mailboxes, and in one. */
  readonly maxWaiting: number;
  readonly maxWaitingPerAccount: number;
  /** Commands that one round takes, and what one write to the store may hold. */
  readonly maxCommandsPerRound: number;
  readonly maxEventsPerWrite: number;
  readonly maxBytesPerWrite: number;
  /** Rounds under way at once; they never share an account. */
  readonly maxRounds: number;
  readonly maxLoads: number;
  readonly cacheBytes: number;
  /** Times that a command is decided again because others wrote first. */
  readonly maxConflicts: number;
  readonly maxUnavailableRetries: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A snapshot is saved when an account has at least so many events more than its last one. */
  readonly snapshotEvery: number;
  readonly loadPageSize: number;
  readonly overloadedRetrySeconds: number;
}

export const DEFAULT_LIMITS: ProcessorLimits = {
  maxWaiting: 20_000,
  maxWaitingPerAccount: 5_000,
  maxCommandsPerRound: 125,
  maxEventsPerWrite: 500,
  maxBytesPerWrite: 900 * 1024,
  maxRounds: 4,
  maxLoads: 16,
  cacheBytes: 112 * 1024 * 1024,
  maxConflicts: 50,
  maxUnavailableRetries: 6,
  firstDelayMs: 10,
  maxDelayMs: 1_000,
  snapshotEvery: 500,
  loadPageSize: 1_000,
  overloadedRetrySeconds: 1,
};
