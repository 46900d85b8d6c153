/**
 * `POST /v1/operations/rebuild?model=` and `POST /v1/operations/verify?account=` answer NDJSON: progress lines, then
 * exactly one last line with `result` or `problem`.
 */
export type OperationLine<Result> =
  OperationProgress | { readonly result: Result } | { readonly problem: OperationProblem };

export interface OperationProgress {
  readonly phase: string;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
}

export interface OperationProblem {
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
}

export interface RebuiltModel {
  readonly model: string;
  readonly rows: number;
  /** Of the live and of the new generation at the same position. */
  readonly checksumBefore: string;
  readonly checksumAfter: string;
  readonly equal: boolean;
}

export interface RebuildResult {
  readonly events: number;
  readonly seconds: number;
  /** False when the generations differ, be it in a model that is not reported: the live one stays. */
  readonly swapped: boolean;
  readonly models: readonly RebuiltModel[];
}

/** A place where the record is not what was written. */
export interface VerifyFinding {
  readonly accountId: string;
  readonly revision: number;
  readonly code: string;
  readonly detail: string;
}

export interface VerifyResult {
  readonly accounts: number;
  readonly events: number;
  readonly seconds: number;
  readonly intact: boolean;
  readonly findings: readonly VerifyFinding[];
}
