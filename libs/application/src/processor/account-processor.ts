import type { AccountId } from '@duestream/domain';
import type { BusinessCalendar } from '../business-date';
import { AccountLoader, type LoadedAccount } from './account-loader';
import { Admission } from './admission';
import { answerAll } from './answering';
import { backOff } from './backoff';
import type { AccountDecider, FoldedState } from './decider';
import { draft, type Draft, type DraftingTools } from './draft';
import { CommandTooLarge, Contended, DecisionBroken, ProcessorClosing, ProcessorError } from './errors';
import { DEFAULT_LIMITS, type ProcessorLimits } from './limits';
import { Mailbox, type Job } from './mailbox';
import { SILENT_OBSERVER, type ProcessorObserver } from './observer';
import { patientReads, type ProcessorStore } from './patient-reads';
import type { Answer, CommandRequest } from './requests';
import { Semaphore } from './semaphore';
import { SnapshotKeeper } from './snapshot-keeper';
import { StateCache } from './state-cache';
import { BatchWriter, type BatchToWrite, type WriteOutcome } from './writing';

export interface ProcessorOptions<State extends FoldedState> {
  readonly store: ProcessorStore;
  readonly decider: AccountDecider<State>;
  readonly calendar: BusinessCalendar;
  readonly limits?: Partial<ProcessorLimits>;
  readonly observer?: ProcessorObserver;
}

/**
 * The single writer of each account in this process. Commands of one account queue in its mailbox; a round takes what
 * waits in many mailboxes, decides it against the cached states and writes it at once. An answer means: durable.
 * Other processes may write too: the expected revision of every write finds that out.
 */
export class AccountProcessor<State extends FoldedState> {
  private readonly limits: ProcessorLimits;
  private readonly observer: ProcessorObserver;
  private readonly admission: Admission;
  private readonly tools: DraftingTools<State>;
  private readonly loader: AccountLoader<State>;
  private readonly writer: BatchWriter;
  private readonly snapshots: SnapshotKeeper<State>;
  private readonly cache: StateCache<LoadedAccount<State>>;
  private readonly loads: Semaphore;
  private readonly mailboxes = new Map<AccountId, Mailbox<State>>();
  private readonly listed = new Set<Mailbox<State>>();
  private rounds = 0;
  private closing = false;

  constructor({ store, decider, calendar, ...options }: ProcessorOptions<State>) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.limits = limits;
    this.observer = options.observer ?? SILENT_OBSERVER;
    this.admission = new Admission(limits, this.observer);
    this.tools = { reads: patientReads(store, limits, this.observer), decider, calendar, limits };
    this.loader = new AccountLoader(this.tools.reads, decider, limits.loadPageSize);
    this.writer = new BatchWriter(store, limits, this.observer);
    this.snapshots = new SnapshotKeeper(store, decider, limits.snapshotEvery, this.observer);
    this.cache = new StateCache(limits.cacheBytes);
    this.loads = new Semaphore(limits.maxLoads);
  }

  /** Decides, writes, answers. Rejects with a `ProcessorError` when there is no answer. */
  async submit(request: CommandRequest): Promise<Answer> {
    return single(this.submitAll([request]));
  }

  /** As `submit`, in the order given within each account. Throws `Overloaded` before it has taken any. */
  submitAll(requests: readonly CommandRequest[]): Promise<Answer>[] {
    return this.enqueue(requests, 'record');
  }

  /** The answer that the command would get now. Writes nothing. */
  async preview(request: CommandRequest): Promise<Answer> {
    return single(this.enqueue([request], 'preview'));
  }

  /** Commands taken and not yet answered. */
  get depth(): number {
    return this.admission.waiting;
  }

  get isClosing(): boolean {
    return this.closing;
  }

  get cachedBytes(): number {
    return this.cache.sizeBytes;
  }

  /** Takes no more and finishes what it has; after `graceMs` it ends what the store does not answer. */
  async close(graceMs = 10_000): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.writer.giveUp(), graceMs);
    await this.admission.untilEmpty();
    clearTimeout(timer);
    await this.snapshots.drain();
  }

  private enqueue(requests: readonly CommandRequest[], mode: Job['mode']): Promise<Answer>[] {
    if (this.closing) throw new ProcessorClosing();
    this.admission.assertRoom(requests, (accountId) => this.mailboxes.get(accountId)?.length ?? 0);
    const answers = requests.map((request) => {
      const mailbox = this.mailboxOf(request.command.accountId);
      return this.admission.take(request, mode, (job) => mailbox.push(job));
    });
    for (const { command } of requests) this.wake(this.mailboxOf(command.accountId));
    this.startRounds();
    return answers;
  }

  private mailboxOf(accountId: AccountId): Mailbox<State> {
    const existing = this.mailboxes.get(accountId);
    if (existing !== undefined) return existing;
    const mailbox = new Mailbox<State>(accountId);
    mailbox.account = this.cache.take(accountId);
    this.mailboxes.set(accountId, mailbox);
    return mailbox;
  }

  /** Brings an idle mailbox to its next stage: gone when empty, loading without a state, else listed for a round. */
  private wake(mailbox: Mailbox<State>): void {
    if (mailbox.stage !== 'idle') return;
    if (mailbox.length === 0) {
      this.mailboxes.delete(mailbox.accountId);
      if (mailbox.account !== undefined) this.cache.put(mailbox.accountId, mailbox.account);
    } else if (mailbox.account === undefined) {
      this.load(mailbox, () => this.loader.load(mailbox.accountId, this.admission.now));
    } else {
      mailbox.stage = 'listed';
      this.listed.add(mailbox);
    }
  }

  private load(mailbox: Mailbox<State>, read: () => Promise<LoadedAccount<State>>): void {
    mailbox.stage = 'loading';
    const loading = this.loads.run(async () => {
      mailbox.account = await read();
    });
    void loading
      .catch((error: unknown) => this.failAll(mailbox, mailbox.take(Number.POSITIVE_INFINITY), error))
      .finally(() => this.release(mailbox));
  }

  private release(mailbox: Mailbox<State>): void {
    mailbox.stage = 'idle';
    this.wake(mailbox);
    this.startRounds();
  }

  private startRounds(): void {
    while (this.rounds < this.limits.maxRounds && this.listed.size > 0) {
      this.rounds += 1;
      void this.runRound(this.takeWork()).finally(() => {
        this.rounds -= 1;
        this.startRounds();
      });
    }
  }

  private takeWork(): readonly Work<State>[] {
    const work: Work<State>[] = [];
    let room = this.limits.maxCommandsPerRound;
    for (const mailbox of this.listed) {
      if (room === 0) break;
      this.listed.delete(mailbox);
      mailbox.stage = 'working';
      const jobs = mailbox.take(room);
      room -= jobs.length;
      work.push({ mailbox, jobs });
    }
    return work;
  }

  private async runRound(work: readonly Work<State>[]): Promise<void> {
    const drafted = await Promise.all(work.map((one) => this.draft(one)));
    const tick = this.admission.now;
    const toWrite: BatchToWrite[] = [];
    for (const one of drafted) {
      if (one === null) continue;
      const { batch, bytes } = one.draft;
      if (batch === null) void this.settleUnwritten(one, tick);
      else toWrite.push({ batch, bytes, settle: (outcome) => this.settle(one, outcome, tick) });
    }
    if (toWrite.length > 0) await this.write(toWrite);
  }

  private async write(toWrite: readonly BatchToWrite[]): Promise<void> {
    const startedMs = performance.now();
    await this.writer.write(toWrite);
    const events = toWrite.reduce((sum, { batch }) => sum + batch.events.length, 0);
    this.observer.written({ accounts: toWrite.length, events, durationMs: performance.now() - startedMs });
  }

  private async draft({ mailbox, jobs }: Work<State>): Promise<DraftedWork<State> | null> {
    const { account } = mailbox;
    try {
      if (account === undefined) throw new Error(`account ${mailbox.accountId} is listed without a state`);
      const drafted = await draft(account, jobs, this.tools);
      for (const { job, error } of drafted.broken) this.failAll(mailbox, [job], error);
      mailbox.putBack(drafted.left);
      return { mailbox, draft: drafted, jobs: drafted.decided.map(({ job }) => job) };
    } catch (error) {
      this.failAll(mailbox, jobs, error);
      this.release(mailbox);
      return null;
    }
  }

  private settle(work: DraftedWork<State>, outcome: WriteOutcome, tick: number): void {
    switch (outcome.kind) {
      case 'written':
        return this.commit(work, outcome.position, tick);
      case 'conflict':
        return this.decideAgain(work);
      case 'failed':
        return this.abandon(work, outcome.error);
    }
  }

  private commit({ mailbox, draft: drafted }: DraftedWork<State>, position: string, tick: number): void {
    const { account, state, headHash } = drafted;
    const bytes = this.tools.decider.approximateBytes(state);
    mailbox.account = this.snapshots.keep({
      ...account,
      state,
      headHash,
      headPosition: position,
      bytes,
      currentAt: tick,
    });
    this.answer(mailbox, drafted, position);
  }

  /** Nothing to write, so no expected revision was checked: the state must be shown to be newer than the commands. */
  private async settleUnwritten(work: DraftedWork<State>, tick: number): Promise<void> {
    const { mailbox, jobs, draft: drafted } = work;
    const { account } = drafted;
    try {
      if (jobs.some((job) => job.tick > account.currentAt)) {
        if (!(await this.loader.isCurrent(account))) return this.decideAgain(work);
        mailbox.account = { ...account, currentAt: tick };
      }
    } catch (error) {
      this.failAll(mailbox, jobs, error);
      return this.release(mailbox);
    }
    this.answer(mailbox, drafted, account.headPosition);
  }

  private answer(mailbox: Mailbox<State>, drafted: Draft<State>, position: string | null): void {
    mailbox.conflicts = 0;
    mailbox.takeAtMost = Number.POSITIVE_INFINITY;
    void answerAll(drafted, position, this.tools, (job, error) => this.failAll(mailbox, [job], error));
    this.release(mailbox);
  }

  private decideAgain({ mailbox, jobs, draft: { account } }: DraftedWork<State>): void {
    this.observer.conflicted(mailbox.accountId);
    mailbox.conflicts += 1;
    const { conflicts } = mailbox;
    if (conflicts > this.limits.maxConflicts) {
      mailbox.conflicts = 0;
      mailbox.account = undefined;
      this.failAll(mailbox, jobs, new Contended(mailbox.accountId, conflicts));
      return this.release(mailbox);
    }
    mailbox.putBack(jobs);
    this.load(mailbox, async () => {
      if (conflicts > 1) await backOff(conflicts, RIVALRY);
      return this.loader.catchUp(account, this.admission.now);
    });
  }

  private abandon({ mailbox, jobs }: DraftedWork<State>, error: ProcessorError): void {
    if (error instanceof CommandTooLarge && jobs.length > 1) {
      mailbox.takeAtMost = 1;
      mailbox.putBack(jobs);
    } else {
      // What the store holds now is not known for sure: it is read again before the next decision.
      mailbox.account = undefined;
      this.failAll(mailbox, jobs, error);
    }
    this.release(mailbox);
  }

  private failAll(mailbox: Mailbox<State>, jobs: readonly Job[], cause: unknown): void {
    const error = cause instanceof ProcessorError ? cause : new DecisionBroken(mailbox.accountId, cause);
    if (error instanceof DecisionBroken) this.observer.broken(mailbox.accountId, cause);
    for (const job of jobs) job.fail(error);
  }
}

/** Rivals part quickly: their writes take about a millisecond. */
const RIVALRY = { firstDelayMs: 1, maxDelayMs: 50 };

interface Work<State> {
  readonly mailbox: Mailbox<State>;
  readonly jobs: readonly Job[];
}

interface DraftedWork<State> extends Work<State> {
  readonly draft: Draft<State>;
}

async function single(answers: readonly Promise<Answer>[]): Promise<Answer> {
  const [answer] = await Promise.all(answers);
  if (answer === undefined) throw new Error('one request has one answer');
  return answer;
}
