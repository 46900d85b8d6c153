import type { Answer } from '@duestream/contracts';
import type { MessageItem, RefusedItem } from './items';

export interface ImportProblem {
  readonly line: number;
  readonly id: string | null;
  readonly reason: string;
}

/** The report of an import. Counts are input lines. */
export interface ImportReport {
  readonly accepted: number;
  readonly duplicate: number;
  readonly waiting: number;
  readonly refused: number;
  readonly problems: readonly ImportProblem[];
  /** Of the last write; null when nothing was written or known. */
  readonly position: string | null;
  readonly seconds: number;
}

/** A file of nothing but bad lines must not fill the memory; the counts stay right. */
export const MAX_PROBLEMS = 100_000;

const CONFLICT = 409;

interface LineState {
  outstanding: number;
  isRefused: boolean;
  isWaiting: boolean;
  areAllDuplicates: boolean;
}

/**
 * Counts lines: refused if any of its messages is, else waiting if any is, duplicate if all are, else accepted. A line
 * of several messages must be announced with `expect`, so that it is counted once.
 */
export class ImportTally {
  readonly problems: ImportProblem[] = [];
  accepted = 0;
  duplicate = 0;
  waiting = 0;
  refused = 0;
  private readonly open = new Map<number, LineState>();

  get lines(): number {
    return this.accepted + this.duplicate + this.waiting + this.refused;
  }

  expect(line: number, messages: number): void {
    if (messages > 1) this.open.set(line, newLine(messages));
  }

  refuse({ line, id, reason }: RefusedItem): void {
    this.refused++;
    this.addProblem({ line, id, reason });
  }

  settle(item: MessageItem, answer: Answer): void {
    if (item.isOpener === true) {
      this.settleOpener(item, answer);
      return;
    }
    const state = this.open.get(item.line) ?? newLine(1);
    state.outstanding--;
    state.isWaiting ||= answer.status === 'waiting';
    state.areAllDuplicates &&= answer.status === 'duplicate';
    if (answer.status === 'refused') {
      state.isRefused = true;
      this.addProblem({ line: item.line, id: answer.id, reason: reasonOf(answer) });
    }
    if (state.outstanding > 0) return;
    this.open.delete(item.line);
    this.count(state);
  }

  private count({ isRefused, isWaiting, areAllDuplicates }: LineState): void {
    if (isRefused) this.refused++;
    else if (isWaiting) this.waiting++;
    else if (areAllDuplicates) this.duplicate++;
    else this.accepted++;
  }

  /** An account that exists under another name is what `openAccount` is skipped for. */
  private settleOpener(item: MessageItem, answer: Answer): void {
    if (answer.status !== 'refused' || answer.problem?.status === CONFLICT) return;
    this.addProblem({ line: item.line, id: answer.id, reason: `the account could not be opened: ${reasonOf(answer)}` });
    const state = this.open.get(item.line);
    if (state === undefined) this.open.set(item.line, { ...newLine(1), isRefused: true });
    else state.isRefused = true;
  }

  private addProblem(problem: ImportProblem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }
}

function newLine(messages: number): LineState {
  return { outstanding: messages, isRefused: false, isWaiting: false, areAllDuplicates: true };
}

function reasonOf({ problem }: Answer): string {
  if (problem === undefined) return 'refused without a reason';
  return problem.detail === '' ? problem.title : problem.detail;
}
