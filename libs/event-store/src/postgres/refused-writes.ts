import { DatabaseError } from 'pg';
import { Unavailable, type AppendResult } from '../port';

/** Longer than writers pause between two tries, and short enough for a server that nobody asks any more to be asked again. */
const REMEMBERED_MS = 10_000;
/** Out of disk or memory, an error of the operating system, a database that is read-only. */
const OF_THE_SERVER = /^(53[12]|58|25006)/;

/** Whether the database answers reads and refuses writes, as it does when its disk is full: reading alone can't tell. */
export class RefusedWrites {
  private refusal: { readonly reason: string; readonly atMs: number } | null = null;

  constructor(private readonly now: () => number = Date.now) {}

  saw(results: readonly AppendResult[]): void {
    if (results.some(({ ok }) => ok)) this.refusal = null;
    for (const result of results) {
      if (result.ok || !(result.error instanceof Unavailable)) continue;
      const { cause } = result.error;
      if (!(cause instanceof DatabaseError) || !OF_THE_SERVER.test(cause.code ?? '')) continue;
      this.refusal = { reason: `the database refuses writes: ${cause.message} (${cause.code})`, atMs: this.now() };
    }
  }

  /** Null when the latest write was not refused, or so long ago that it says nothing of the next one. */
  get reason(): string | null {
    const { refusal } = this;
    return refusal !== null && this.now() - refusal.atMs < REMEMBERED_MS ? refusal.reason : null;
  }
}
