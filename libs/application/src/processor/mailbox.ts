import type { AccountId } from '@duestream/domain';
import type { LoadedAccount } from './account-loader';
import type { FoldedState } from './decider';
import type { Draft, OpenDraft } from './draft';
import type { Answer, CommandRequest } from './requests';

/** One command on its way, and whoever waits for its answer. */
export interface Job extends CommandRequest {
  /** `preview`: decided like any other, but nothing is written. */
  readonly mode: 'record' | 'preview';
  /** Tick of the processor's counter at which it came. */
  readonly tick: number;
  answer(answer: Answer): void;
  fail(error: Error): void;
}

/** The commands of one account, in the order of their coming, one worker at a time. */
export class Mailbox<State extends FoldedState> {
  /** Neighbours among the mailboxes that rest; null while this one does not. */
  older: Mailbox<State> | null = null;
  newer: Mailbox<State> | null = null;
  /** Absent until it is loaded, and when what the store holds is not known for sure. */
  account: LoadedAccount<State> | undefined;
  /** `listed`: among those that the next round takes from. */
  stage: 'idle' | 'loading' | 'listed' | 'working' = 'idle';
  /** Times in a row that others wrote first. */
  conflicts = 0;
  /** Set to 1 after a write that was too large, so that the next holds one command only. */
  takeAtMost = Number.POSITIVE_INFINITY;

  /** What is being written, while it is not known whether it was taken. */
  underway: Draft<State> | null = null;
  /** Decided upon what is under way. */
  ahead: OpenDraft<State> | null = null;

  /**
   * One array for good. An empty one that is thrown away after each command has often become old meanwhile, and the old
   * that are dead keep what they last held, with all it refers to, until the next full collection of garbage.
   */
  private readonly jobs: Job[] = [];

  constructor(readonly accountId: AccountId) {}

  get length(): number {
    return this.jobs.length;
  }

  /** Commands without an answer, those decided already included. */
  get unanswered(): number {
    return this.jobs.length + (this.ahead?.size ?? 0) + (this.underway?.decided.length ?? 0);
  }

  push(job: Job): void {
    this.jobs.push(job);
  }

  take(limit: number): Job[] {
    return this.jobs.splice(0, this.takeAtMost < limit ? this.takeAtMost : limit);
  }

  /** Whatever waits, however little was to be taken at a time. */
  takeAll(): Job[] {
    this.takeAtMost = Number.POSITIVE_INFINITY;
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** Back to the front, in the same order. */
  putBack(jobs: readonly Job[]): void {
    this.jobs.unshift(...jobs);
  }

  /** What was decided ahead is to be decided again. */
  takeBackAhead(): void {
    if (this.ahead === null) return;
    this.putBack(this.ahead.jobs);
    this.ahead = null;
  }
}
