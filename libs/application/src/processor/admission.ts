import type { AccountId } from '@duestream/domain';
import { Overloaded } from './errors';
import type { ProcessorLimits } from './limits';
import type { Job } from './mailbox';
import type { ProcessorObserver } from './observer';
import type { Answer, CommandRequest } from './requests';

/** Counts the commands between their coming and their answer, and turns away what is too many. */
export class Admission {
  private count = 0;
  private tick = 0;
  private readonly emptied: (() => void)[] = [];

  constructor(
    private readonly limits: ProcessorLimits,
    private readonly observer: ProcessorObserver,
  ) {}

  /** Commands taken and not yet answered. */
  get waiting(): number {
    return this.count;
  }

  /** Number of commands ever taken: tells "read before this command came" from "read after". */
  get now(): number {
    return this.tick;
  }

  /** Throws `Overloaded` when the requests don't all fit; `unansweredOf` tells how many an account has. */
  assertRoom(requests: readonly CommandRequest[], unansweredOf: (accountId: AccountId) => number): void {
    this.assertAtMost(this.count + requests.length, this.limits.maxWaiting);
    const added = new Map<AccountId, number>();
    for (const { command } of requests) added.set(command.accountId, (added.get(command.accountId) ?? 0) + 1);
    for (const [accountId, count] of added) {
      this.assertAtMost(unansweredOf(accountId) + count, this.limits.maxWaitingPerAccount);
    }
  }

  /** Takes one command; the promise is its answer. */
  take(request: CommandRequest, mode: Job['mode'], into: (job: Job) => void): Promise<Answer> {
    this.count += 1;
    this.tick += 1;
    const { tick } = this;
    return new Promise<Answer>((resolve, reject) => {
      const answer = (given: Answer): void => {
        this.leave();
        this.observer.answered(given, mode);
        resolve(given);
      };
      const fail = (error: Error): void => {
        this.leave();
        reject(error);
      };
      into({ mode, tick, answer, fail, ...request });
    });
  }

  async untilEmpty(): Promise<void> {
    if (this.count > 0) await new Promise<void>((resolve) => this.emptied.push(resolve));
  }

  private leave(): void {
    this.count -= 1;
    if (this.count === 0) for (const wake of this.emptied.splice(0)) wake();
  }

  private assertAtMost(count: number, limit: number): void {
    if (count <= limit) return;
    this.observer.overloaded();
    throw new Overloaded(count, limit, this.limits.overloadedRetrySeconds);
  }
}
