/** RFC 9457 problem details. `type` is stable; `code` is its last part. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance?: string;
  /** The field at fault, such as `data.amount.amount`. */
  readonly field?: string;
  /** What was there, shortened. */
  readonly value?: string;
  /** What would be right. */
  readonly expected?: string;
  /** The numbers involved, as text. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Same key, other content: what was recorded under it first, and what was sent now. */
  readonly contents?: { readonly first: unknown; readonly second: unknown };
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The stable `type` of a problem code: `urn:duestream:problem:amount.not-positive`. */
export function problemType(code: string): string {
  return `urn:duestream:problem:${code}`;
}
