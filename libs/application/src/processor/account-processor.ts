import type { BusinessCalendar } from '../business-date';
import { AccountLoader, type LoadedAccount } from './account-loader';
import { Admission } from './admission';
import type { AccountDecider, FoldedState } from './decider';
import type { DraftingTools } from './draft';
import { DecisionBroken, ProcessorClosing, ProcessorError } from './errors';
import { DEFAULT_LIMITS, type ProcessorLimits } from './limits';
import type { Job, Mailbox } from './mailbox';
import { Mailboxes } from './mailboxes';
import { SILENT_OBSERVER, type ProcessorObserver } from './observer';
import { patientReads, type ProcessorStore } from './patient-reads';
import type { Answer, CommandRequest } from './requests';
import { Rounds } from './rounds';
import { Semaphore } from './semaphore';
import { SnapshotKeeper } from './snapshot-keeper';
import { BatchWriter } from './writing';

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
  private readonly observer: ProcessorObserver;
  private readonly admission: Admission;
  private readonly loader: AccountLoader<State>;
  private readonly writer: BatchWriter;
  private readonly snapshots: SnapshotKeeper<State>;
  private readonly loads: Semaphore;
  private readonly mailboxes: Mailboxes<State>;
  private readonly rounds: Rounds<State>;
  private closing = false;
  private givenUp = false;

  constructor({ store, decider, calendar, ...options }: ProcessorOptions<State>) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.observer = options.observer ?? SILENT_OBSERVER;
    this.admission = new Admission(limits, this.observer);
    const reads = patientReads(store, limits, this.observer, () => this.givenUp);
    this.loader = new AccountLoader(reads, decider, limits.loadPageSize);
    this.writer = new BatchWriter(store, limits, this.observer);
    this.snapshots = new SnapshotKeeper(store, decider, limits.snapshotEvery, this.observer);
    this.mailboxes = new Mailboxes(limits.cacheBytes);
    this.loads = new Semaphore(limits.maxLoads);
    this.rounds = this.roundsWith({ reads, decider, calendar, limits });
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

  /** Tells of messages that a door refused because of their shape: they count among the answers. */
  refusedAtTheDoor(messages: number): void {
    this.observer.misshapen(messages);
  }

  /** Commands taken and not yet answered. */
  get depth(): number {
    return this.admission.waiting;
  }

  get isClosing(): boolean {
    return this.closing;
  }

  get cachedBytes(): number {
    return this.mailboxes.sizeBytes;
  }

  /** Takes no more and finishes what it has; after `graceMs` it ends what the store does not answer. */
  async close(graceMs = 10_000): Promise<void> {
    this.closing = true;
    const timer = setTimeout(() => this.giveUp(), graceMs);
    await this.admission.untilEmpty();
    clearTimeout(timer);
    await this.snapshots.drain();
  }

  private giveUp(): void {
    this.givenUp = true;
    this.writer.giveUp();
  }

  private enqueue(requests: readonly CommandRequest[], mode: Job['mode']): Promise<Answer>[] {
    if (this.closing) throw new ProcessorClosing();
    this.admission.assertRoom(requests, (accountId) => this.mailboxes.unansweredOf(accountId));
    const answers = requests.map((request) => {
      const mailbox = this.mailboxes.of(request.command.accountId);
      return this.admission.take(request, mode, (job) => mailbox.push(job));
    });
    for (const { command } of requests) this.wake(this.mailboxes.of(command.accountId));
    return answers;
  }

  private roundsWith(tools: DraftingTools<State>): Rounds<State> {
    const { admission, loader, writer, snapshots, observer } = this;
    const desk = {
      get now() {
        return admission.now;
      },
      release: (mailbox: Mailbox<State>) => this.release(mailbox),
      load: (mailbox: Mailbox<State>, read: () => Promise<LoadedAccount<State>>) => this.load(mailbox, read),
      failAll: (mailbox: Mailbox<State>, jobs: readonly Job[], cause: unknown) => this.failAll(mailbox, jobs, cause),
    };
    return new Rounds({ tools, loader, writer, snapshots, observer, desk });
  }

  /** Brings an idle mailbox to its next stage: at rest when empty, loading without a state, else listed for a round. */
  private wake(mailbox: Mailbox<State>): void {
    if (mailbox.stage === 'working') this.rounds.grow(mailbox);
    if (mailbox.stage !== 'idle') return;
    if (mailbox.length === 0) {
      this.mailboxes.rest(mailbox);
    } else if (mailbox.account === undefined) {
      this.load(mailbox, () => this.loader.load(mailbox.accountId, this.admission.now));
    } else {
      this.rounds.list(mailbox);
    }
  }

  private load(mailbox: Mailbox<State>, read: () => Promise<LoadedAccount<State>>): void {
    mailbox.stage = 'loading';
    const loading = this.loads.run(async () => {
      mailbox.account = await read();
    });
    void loading
      .catch((error: unknown) => this.failAll(mailbox, mailbox.takeAll(), error))
      .finally(() => this.release(mailbox));
  }

  private release(mailbox: Mailbox<State>): void {
    mailbox.stage = 'idle';
    this.wake(mailbox);
  }

  private failAll(mailbox: Mailbox<State>, jobs: readonly Job[], cause: unknown): void {
    const error = cause instanceof ProcessorError ? cause : new DecisionBroken(mailbox.accountId, cause);
    if (error instanceof DecisionBroken) this.observer.broken(mailbox.accountId, cause);
    for (const job of jobs) job.fail(error);
  }
}

async function single(answers: readonly Promise<Answer>[]): Promise<Answer> {
  const [answer] = await Promise.all(answers);
  if (answer === undefined) throw new Error('one request has one answer');
  return answer;
}
