import type { Fault } from './oracle';
import type { Operation } from './description';
import type { Draft } from './world';

/** One request, and what is bad about it. */
export interface Case {
  readonly operation: Operation;
  /** The kind of badness that it stands for. */
  readonly kind: string;
  /** What was changed, in a few words. */
  readonly what: string;
  readonly draft: Draft;
  /** Changes below what the oracle reads, with the verdict on them. */
  readonly wire?: Wire;
}

export interface Wire {
  readonly verdict: Verdict;
  /** Bytes of the whole body. */
  readonly body?: string | Buffer;
  /** Instead of the address that the draft gives. */
  readonly target?: string;
  /** Instead of `application/json`; null: none. */
  readonly contentType?: string | null;
  readonly delivery?: Delivery;
}

/** `truncated`: the client closes in the middle of the body; `slow`: it stops sending there and waits. */
export type Delivery = 'whole' | 'chunked' | 'truncated' | 'slow';

export type Verdict =
  | { readonly kind: 'valid' }
  /** Any of these faults may be named; no field where there is none to name, as below HTTP. */
  | { readonly kind: 'refused'; readonly faults: readonly Fault[]; readonly fieldless?: true };

export function refused(status: number, ...fields: readonly string[]): Verdict {
  return { kind: 'refused', faults: fields.map((field) => ({ field, status })) };
}

export function refusedUnread(...statuses: readonly number[]): Verdict {
  return { kind: 'refused', faults: statuses.map((status) => ({ field: '', status })), fieldless: true };
}

/** Makes a case; `n` gives the valid request under it numbers of its own. */
export type Candidate = (n: number) => Case;

/** Candidates by kind. */
export type Candidates = ReadonlyMap<string, readonly Candidate[]>;

export class CandidateList {
  readonly byKind = new Map<string, Candidate[]>();

  add(kind: string, candidate: Candidate): void {
    const known = this.byKind.get(kind);
    if (known === undefined) this.byKind.set(kind, [candidate]);
    else known.push(candidate);
  }
}
