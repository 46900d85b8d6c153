import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import type { Answer } from '@duestream/contracts';
import type { Run } from './run';

export interface Message {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Acknowledged {
  readonly message: Message;
  readonly answer: Answer;
}

/** What was acknowledged, in memory and as lines of a file, so that it is there whatever becomes of the run. */
export class Ledger {
  readonly entries: Acknowledged[] = [];
  /** One for each request that was answered: when (`performance.now`) and how long it took. */
  readonly answered: { readonly atMs: number; readonly tookMs: number }[] = [];
  private readonly listeners = new Set<(sentMs: number) => void>();
  private readonly file: WriteStream;

  constructor(run: Run) {
    this.file = createWriteStream(path.join(run.folder, 'acknowledged.ndjson'));
  }

  add(entries: readonly Acknowledged[], sentMs: number): void {
    const atMs = performance.now();
    this.answered.push({ atMs, tookMs: atMs - sentMs });
    for (const entry of entries) {
      this.entries.push(entry);
      this.file.write(`${JSON.stringify(entry)}\n`);
    }
    for (const listener of this.listeners) listener(sentMs);
  }

  /** Resolves with the next acknowledgement of something that was first sent, or sent again, at or after `fromMs`. */
  nextSentAfter(fromMs: number): Promise<number> {
    return new Promise((resolve) => {
      const listener = (sentMs: number): void => {
        if (sentMs < fromMs) return;
        this.listeners.delete(listener);
        resolve(performance.now());
      };
      this.listeners.add(listener);
    });
  }

  /** How long the requests took that were answered in that time. */
  tookBetween(fromMs: number, toMs: number): readonly number[] {
    return this.answered.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ tookMs }) => tookMs);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.file.end(resolve));
  }
}
