interface Told {
  atMs: number;
  since: number;
}

/** At most one line of a kind in so long. */
const EVERY_MS = 10_000;

/**
 * Keeps a log readable while an engine is away and thousands of things fail for the same reason: the first of a kind is
 * told at once, then one every ten seconds, with how many there were since the last line. Metrics count them all.
 */
export class Seldom {
  private readonly told = new Map<string, Told>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** `kind` is one of a few: each is kept. */
  tell(kind: string, log: (times: number) => void): void {
    const atMs = this.now();
    const last = this.told.get(kind);
    if (last !== undefined && atMs - last.atMs < EVERY_MS) {
      last.since += 1;
      return;
    }
    this.told.set(kind, { atMs, since: 0 });
    log((last?.since ?? 0) + 1);
  }
}
