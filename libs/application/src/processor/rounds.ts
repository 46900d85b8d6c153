import type { LoadedAccount, AccountLoader } from './account-loader';
import { answerAll } from './answering';
import { draft, OpenDraft, type Draft, type DraftingTools } from './draft';
import { CommandTooLarge, Contended, type ProcessorError } from './errors';
import { backOff } from './backoff';
import type { FoldedState } from './decider';
import type { Job, Mailbox } from './mailbox';
import type { ProcessorObserver } from './observer';
import { isPassing } from './passing';
import type { SnapshotKeeper } from './snapshot-keeper';
import type { BatchToWrite, BatchWriter, WriteOutcome } from './writing';

export interface RoundsParts<State extends FoldedState> {
  readonly tools: DraftingTools<State>;
  readonly loader: AccountLoader<State>;
  readonly writer: BatchWriter;
  readonly snapshots: SnapshotKeeper<State>;
  readonly observer: ProcessorObserver;
  readonly desk: Desk<State>;
}

/** Who keeps the mailboxes that no round works on. */
export interface Desk<State extends FoldedState> {
  /** Tick of the newest command taken. */
  readonly now: number;
  /** Takes a mailbox back. */
  release(mailbox: Mailbox<State>): void;
  /** Reads the account before the mailbox comes back. */
  load(mailbox: Mailbox<State>, read: () => Promise<LoadedAccount<State>>): void;
  failAll(mailbox: Mailbox<State>, jobs: readonly Job[], cause: unknown): void;
}

/** Fewer that wait are written together: a write costs as much as deciding so many. */
const PIPELINED_FROM = 16;
/** So many commands are worth a write beside those under way: every write costs the store and us a fixed sum. */
const WORTH_A_WRITE = 8;
/** Fewer wait for one of those to end, but no longer than this. */
const GATHERING_MS = 2;
/** Rivals part quickly: their writes take about a millisecond. */
const RIVALRY = { firstDelayMs: 1, maxDelayMs: 50 };

/**
 * Rounds take what waits in many mailboxes, decide it and write it at once. While a write is under way, what comes
 * meanwhile for its accounts is decided ahead, upon the state that the write will give; it is written only once that
 * write has been taken, and decided again when it was not.
 */
export class Rounds<State extends FoldedState> {
  /** Mailboxes that the next rounds take from, in their turn. */
  private listed: Mailbox<State>[] = [];
  /** Mailboxes under way for which more has come. */
  private readonly growing = new Set<Mailbox<State>>();
  private underway = 0;
  private gathering = false;
  private patience: NodeJS.Timeout | null = null;

  constructor(private readonly parts: RoundsParts<State>) {}

  /** The mailbox has jobs and a state. */
  list(mailbox: Mailbox<State>): void {
    mailbox.stage = 'listed';
    this.listed.push(mailbox);
    this.gather();
  }

  /** More has come for a mailbox that a round works on. */
  grow(mailbox: Mailbox<State>): void {
    if (mailbox.underway === null) return;
    this.growing.add(mailbox);
    this.gather();
  }

  /** What comes in one turn of the event loop shares a round. */
  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    setImmediate(() => {
      this.gathering = false;
      this.start();
      for (const mailbox of this.growing) this.draftAhead(mailbox);
      this.growing.clear();
    });
  }

  /** One at a time: its write is on its way before the next round is decided. */
  private start(): void {
    if (this.listed.length === 0) return;
    if (this.underway === 0 || this.waiting() >= WORTH_A_WRITE) {
      if (this.startRound() && this.listed.length > 0) this.gather();
      return;
    }
    const isFull = this.underway >= this.parts.tools.limits.maxRounds;
    if (isFull || this.patience !== null) return;
    this.patience = setTimeout(() => {
      this.patience = null;
      if (this.listed.length > 0) this.startRound();
      this.start();
    }, GATHERING_MS);
  }

  /** False when as many as may be are under way. */
  private startRound(): boolean {
    if (this.underway >= this.parts.tools.limits.maxRounds) return false;
    this.underway += 1;
    void this.run(this.takeWork()).finally(() => {
      this.underway -= 1;
      this.start();
    });
    return true;
  }

  private takeWork(): readonly Work<State>[] {
    const work: Work<State>[] = [];
    let room = this.room();
    let taken = 0;
    for (const mailbox of this.listed) {
      if (room <= 0) break;
      taken += 1;
      mailbox.stage = 'working';
      // What was decided ahead goes out as it is.
      const jobs = mailbox.ahead === null ? mailbox.take(room) : [];
      room -= jobs.length + (mailbox.ahead?.size ?? 0);
      work.push({ mailbox, jobs });
    }
    this.listed = this.listed.slice(taken);
    return work;
  }

  /** What a round takes. One that goes out alone takes half, so that the other half is decided while it is written. */
  private room(): number {
    const { maxCommandsPerRound } = this.parts.tools.limits;
    if (this.underway > 1) return maxCommandsPerRound;
    const waiting = this.waiting();
    return waiting < PIPELINED_FROM ? maxCommandsPerRound : Math.min(Math.ceil(waiting / 2), maxCommandsPerRound);
  }

  /** Commands in the listed mailboxes, decided ahead or not. */
  private waiting(): number {
    let waiting = 0;
    for (const { length, ahead } of this.listed) waiting += length + (ahead?.size ?? 0);
    return waiting;
  }

  private async run(work: readonly Work<State>[]): Promise<void> {
    const drafted = await Promise.all(work.map((one) => this.draft(one)));
    const tick = this.parts.desk.now;
    const toWrite: BatchToWrite[] = [];
    for (const one of drafted) {
      if (one === null) continue;
      const { batch, bytes } = one.draft;
      if (batch === null) {
        void this.settleUnwritten(one, tick);
        continue;
      }
      one.mailbox.underway = one.draft;
      toWrite.push({ batch, bytes, settle: (outcome) => this.settle(one, outcome, tick) });
      if (one.mailbox.length > 0) this.grow(one.mailbox);
    }
    if (toWrite.length > 0) await this.write(toWrite);
  }

  private async write(toWrite: readonly BatchToWrite[]): Promise<void> {
    const startedMs = performance.now();
    await this.parts.writer.write(toWrite);
    const events = toWrite.reduce((sum, { batch }) => sum + batch.events.length, 0);
    this.parts.observer.written({ accounts: toWrite.length, events, durationMs: performance.now() - startedMs });
  }

  private async draft({ mailbox, jobs }: Work<State>): Promise<DraftedWork<State> | null> {
    const { tools, desk } = this.parts;
    const { account, ahead } = mailbox;
    mailbox.ahead = null;
    try {
      if (account === undefined) throw new Error(`account ${mailbox.accountId} is listed without a state`);
      const drafted = await draft(ahead ?? new OpenDraft(account, tools), jobs);
      for (const { job, error } of drafted.broken) desk.failAll(mailbox, [job], error);
      mailbox.putBack(drafted.left);
      return { mailbox, draft: drafted, jobs: drafted.decided.map(({ job }) => job) };
    } catch (error) {
      this.failWithFollowers(mailbox, [...(ahead?.jobs ?? []), ...jobs], error);
      desk.release(mailbox);
      return null;
    }
  }

  /** Until one needs what must be read first, or no more fit: these wait for the next round. */
  private draftAhead(mailbox: Mailbox<State>): void {
    const { underway } = mailbox;
    if (underway === null) return;
    const ahead = (mailbox.ahead ??= new OpenDraft(accountAfter(underway), this.parts.tools));
    const jobs = mailbox.take(Math.max(0, this.parts.tools.limits.maxCommandsPerRound - ahead.size));
    const firstLeft = jobs.findIndex((job) => !ahead.addAtOnce(job));
    if (firstLeft >= 0) mailbox.putBack(jobs.slice(firstLeft));
    if (ahead.size === 0) mailbox.ahead = null;
  }

  private settle(work: DraftedWork<State>, outcome: WriteOutcome, tick: number): void {
    work.mailbox.underway = null;
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
    const bytes = this.parts.tools.decider.approximateBytes(drafted.state);
    const account = { ...accountAfter(drafted), headPosition: position, bytes, currentAt: tick };
    mailbox.account = this.parts.snapshots.keep(account);
    mailbox.ahead?.continueFrom(mailbox.account);
    this.answer(mailbox, drafted, position);
  }

  /** Nothing to write, so no expected revision was checked: the state must be shown to be newer than the commands. */
  private async settleUnwritten(work: DraftedWork<State>, tick: number): Promise<void> {
    const { mailbox, jobs, draft: drafted } = work;
    const { account } = drafted;
    const { loader, desk } = this.parts;
    try {
      if (jobs.some((job) => job.tick > account.currentAt)) {
        if (!(await loader.isCurrent(account))) return this.decideAgain(work);
        mailbox.account = { ...account, currentAt: tick };
      }
    } catch (error) {
      this.failWithFollowers(mailbox, jobs, error);
      return desk.release(mailbox);
    }
    this.answer(mailbox, drafted, account.headPosition);
  }

  private answer(mailbox: Mailbox<State>, drafted: Draft<State>, position: string | null): void {
    const { desk, tools } = this.parts;
    mailbox.conflicts = 0;
    mailbox.takeAtMost = Number.POSITIVE_INFINITY;
    void answerAll(drafted, position, tools, (job, error) => desk.failAll(mailbox, [job], error));
    // Also while others of the same round are still being written: their round ends when the last of them is settled.
    if (mailbox.ahead === null) desk.release(mailbox);
    else this.list(mailbox);
  }

  private decideAgain({ mailbox, jobs, draft: { account } }: DraftedWork<State>): void {
    const { observer, tools, desk, loader } = this.parts;
    observer.conflicted(mailbox.accountId);
    mailbox.takeBackAhead();
    mailbox.conflicts += 1;
    const { conflicts } = mailbox;
    if (conflicts > tools.limits.maxConflicts) {
      mailbox.conflicts = 0;
      mailbox.account = undefined;
      this.failWithFollowers(mailbox, jobs, new Contended(mailbox.accountId, conflicts));
      return desk.release(mailbox);
    }
    mailbox.putBack(jobs);
    desk.load(mailbox, async () => {
      if (conflicts > 1) await backOff(conflicts, RIVALRY);
      return loader.catchUp(account, desk.now);
    });
  }

  private abandon({ mailbox, jobs }: DraftedWork<State>, error: ProcessorError): void {
    mailbox.takeBackAhead();
    if (error instanceof CommandTooLarge && jobs.length > 1) {
      mailbox.takeAtMost = 1;
      mailbox.putBack(jobs);
    } else {
      // What the store holds now is not known for sure: it is read again before the next decision.
      mailbox.account = undefined;
      this.failWithFollowers(mailbox, jobs, error);
    }
    this.parts.desk.release(mailbox);
  }

  /** Whoever sends a command again later must find the ones after it undecided too: else the account's order is lost. */
  private failWithFollowers(mailbox: Mailbox<State>, jobs: readonly Job[], error: unknown): void {
    const followers = isPassing(error) ? mailbox.takeAll() : [];
    this.parts.desk.failAll(mailbox, [...jobs, ...followers], error);
  }
}

interface Work<State extends FoldedState> {
  readonly mailbox: Mailbox<State>;
  readonly jobs: readonly Job[];
}

interface DraftedWork<State extends FoldedState> extends Work<State> {
  readonly draft: Draft<State>;
}

/** The account once the draft has been written. */
function accountAfter<State extends FoldedState>({ account, state, headHash }: Draft<State>): LoadedAccount<State> {
  return { ...account, state, headHash };
}
