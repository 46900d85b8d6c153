import type { Answer } from './requests';

/** Where the processor tells what it does; metrics and logs hang on it from outside. */
export interface ProcessorObserver {
  answered(answer: Answer, mode: 'record' | 'preview'): void;
  /** Messages that were answered with a refusal because of their shape, and never came to the processor. */
  misshapen(messages: number): void;
  written(write: { readonly accounts: number; readonly events: number; readonly durationMs: number }): void;
  /** Another writer was first: the account is read again and decided again. */
  conflicted(accountId: string): void;
  /** A write is repeated because the store was away, or lost before it answered. */
  repeated(reason: 'unavailable' | 'outcome-unknown'): void;
  overloaded(): void;
  snapshotSaved(accountId: string): void;
  snapshotFailed(accountId: string, error: unknown): void;
  broken(accountId: string, error: unknown): void;
}

export const SILENT_OBSERVER: ProcessorObserver = {
  answered: () => undefined,
  misshapen: () => undefined,
  written: () => undefined,
  conflicted: () => undefined,
  repeated: () => undefined,
  overloaded: () => undefined,
  snapshotSaved: () => undefined,
  snapshotFailed: () => undefined,
  broken: () => undefined,
};
