import type { RecordedEvent, Result } from '@duestream/domain';
import {
  accountStreamId,
  bytesOf,
  openEvent,
  sealCommand,
  type AppendBatch,
  type EventToAppend,
} from '@duestream/event-store';
import { businessDateFor, type BusinessCalendar } from '../business-date';
import { newCommandId } from '../command-id';
import type { LoadedAccount } from './account-loader';
import type { AccountDecider, FoldedState } from './decider';
import { StoreUnavailable } from './errors';
import type { ProcessorLimits } from './limits';
import type { Job } from './mailbox';
import type { StreamReads } from './patient-reads';
import type { StaleRefusal } from './requests';

/** A decided command: what it says, and how the account stands after it. */
export interface DecidedJob {
  readonly job: Job;
  readonly result: Result<unknown> | { readonly status: 'refused'; readonly refusal: StaleRefusal };
  readonly revisionAfter: number;
}

/** Commands of one account decided one upon the other, not yet written. */
export interface Draft<State> {
  readonly account: LoadedAccount<State>;
  readonly decided: readonly DecidedJob[];
  /** Jobs that met a defect. The others go on. */
  readonly broken: readonly { readonly job: Job; readonly error: unknown }[];
  /** Jobs that no longer fitted this write. */
  readonly left: readonly Job[];
  readonly state: State;
  readonly headHash: string | null;
  readonly recorded: readonly RecordedEvent[];
  /** Null when nothing is to be written. */
  readonly batch: AppendBatch | null;
  readonly bytes: number;
}

export interface DraftingTools<State extends FoldedState> {
  readonly reads: StreamReads;
  readonly decider: AccountDecider<State>;
  readonly calendar: BusinessCalendar;
  readonly limits: ProcessorLimits;
}

/** Decides the jobs in order, each seeing what the ones before it did. */
export async function draft<State extends FoldedState>(
  open: OpenDraft<State>,
  jobs: readonly Job[],
): Promise<Draft<State>> {
  for (const [index, job] of jobs.entries()) {
    const added = open.add(job);
    const fitted = typeof added === 'boolean' ? added : await added;
    if (!fitted) return open.finish(jobs.slice(index));
  }
  return open.finish([]);
}

/** A draft that may still grow. */
export class OpenDraft<State extends FoldedState> {
  private readonly decided: DecidedJob[] = [];
  private readonly broken: { job: Job; error: unknown }[] = [];
  private readonly recorded: RecordedEvent[] = [];
  private readonly toAppend: EventToAppend[] = [];
  private state: State;
  private headHash: string | null;
  private bytes = 0;

  /** `account`: as it is known to be, or as it will be once a write that is under way has been taken. */
  constructor(
    private account: LoadedAccount<State>,
    private readonly tools: DraftingTools<State>,
  ) {
    this.state = account.state;
    this.headHash = account.headHash;
  }

  get size(): number {
    return this.decided.length + this.broken.length;
  }

  /** All jobs that it took, in their order. */
  get jobs(): readonly Job[] {
    return [...this.decided, ...this.broken].map(({ job }) => job).sort((a, b) => a.tick - b.tick);
  }

  /** The write that it was made upon has been taken: the account stands where the draft expected it. */
  continueFrom(account: LoadedAccount<State>): void {
    if (account.state.revision !== this.account.state.revision) throw new Error('a draft goes on from another state');
    this.account = account;
  }

  /** As `add`, but only what can be decided at once; false for anything else. */
  addAtOnce(job: Job): boolean {
    try {
      if (this.tools.decider.needs(job.command, this.state).length > 0) return false;
      return this.decide(job, this.state);
    } catch (error) {
      return this.fail(job, error);
    }
  }

  /**
   * False when the command's events no longer fit beside the ones before. A defect fails this job alone. A promise only
   * for a command that needs closed documents: waiting costs a turn, and most commands have nothing to wait for.
   */
  add(job: Job): boolean | Promise<boolean> {
    try {
      const revisions = this.tools.decider.needs(job.command, this.state);
      return revisions.length === 0 ? this.decide(job, this.state) : this.addLoaded(job, revisions);
    } catch (error) {
      return this.fail(job, error);
    }
  }

  private async addLoaded(job: Job, revisions: readonly number[]): Promise<boolean> {
    try {
      return this.decide(job, await this.withNeeds(job, revisions));
    } catch (error) {
      return this.fail(job, error);
    }
  }

  private fail(job: Job, error: unknown): true {
    if (error instanceof StoreUnavailable) throw error;
    this.broken.push({ job, error });
    return true;
  }

  finish(left: readonly Job[]): Draft<State> {
    const { account, decided, broken, recorded, state, headHash, bytes } = this;
    const batch = {
      streamId: accountStreamId(account.accountId),
      expectedRevision: account.state.revision,
      events: this.toAppend,
    };
    const written = { state, headHash, recorded, bytes, batch: recorded.length > 0 ? batch : null };
    return { account, decided, broken, left, ...written };
  }

  private decide(job: Job, state: State): boolean {
    const { decider, calendar } = this.tools;
    const { command, context } = job;
    const { businessDate, recordedAt } = calendar.moment(this.state.lastRecordedAt);
    const moment = {
      recordedAt,
      enforcement: context.enforcement,
      businessDate: businessDateFor(command, context.businessDate, businessDate),
    };
    const result = decider.decide(command, state, moment);
    const refusal = staleness(job, result, this.state.revision);
    if (refusal !== null) {
      this.decided.push({ job, result: { status: 'refused', refusal }, revisionAfter: this.state.revision });
      return true;
    }
    if (writesEvents(job, result) && !this.write(job, result, moment)) return false;
    this.decided.push({ job, result, revisionAfter: this.state.revision });
    return true;
  }

  private async withNeeds({ command }: Job, first: readonly number[]): Promise<State> {
    const { decider } = this.tools;
    const loaded = new Set<number>();
    // Needs are asked again after each loading: a document's events name one another, however many they are.
    for (let [state, revisions] = [this.state, first]; ;) {
      const again = revisions.find((revision) => loaded.has(revision));
      if (again !== undefined) throw new Error(`${command.type} needs event ${again} that it has been given`);
      for (const revision of revisions) loaded.add(revision);
      state = decider.withLoaded(state, await eventsAt(revisions, this.account, this.recorded, this.tools));
      revisions = decider.needs(command, state);
      if (revisions.length === 0) return state;
    }
  }

  private write(job: Job, { events, state }: WritingResult<State>, moment: Moment): boolean {
    const { command, context } = job;
    const { limits } = this.tools;
    const sealed = sealCommand({
      accountId: command.accountId,
      commandId: newCommandId(),
      ...(context.correlationId === undefined ? {} : { correlationId: context.correlationId }),
      causation: { source: command.source, id: command.id },
      actor: context.actor,
      firstRevision: this.state.revision + 1,
      previousHash: this.headHash,
      recordedAt: moment.recordedAt,
      businessDate: moment.businessDate,
      events,
    });
    const bytes = sealed.toAppend.reduce((sum, event) => sum + bytesOf(event), 0);
    const isFirst = this.recorded.length === 0;
    const tooMany = this.recorded.length + events.length > limits.maxEventsPerWrite;
    if (!isFirst && (tooMany || this.bytes + bytes > limits.maxBytesPerWrite)) return false;
    this.state = state;
    this.headHash = sealed.lastHash;
    this.recorded.push(...sealed.recorded);
    this.toAppend.push(...sealed.toAppend);
    this.bytes += bytes;
    return true;
  }
}

/** Events of an account by revision. Those that a draft itself has recorded are not in the store yet. */
export async function eventsAt<State extends FoldedState>(
  revisions: readonly number[],
  account: LoadedAccount<State>,
  recorded: readonly RecordedEvent[],
  { reads }: Pick<DraftingTools<State>, 'reads'>,
): Promise<readonly RecordedEvent[]> {
  const stored = account.state.revision;
  const drafted = revisions.flatMap((revision) => recorded[revision - stored - 1] ?? []);
  const older = revisions.filter((revision) => revision <= stored);
  if (older.length === 0) return drafted;
  const read = await reads.readRevisions(accountStreamId(account.accountId), older);
  return [...read.map((event) => openEvent(event).recorded), ...drafted];
}

type Moment = Parameters<AccountDecider<FoldedState>['decide']>[2];
type WritingResult<State> = Extract<Result<State>, { status: 'accepted' | 'waiting' }>;

function writesEvents<State>(job: Job, result: Result<State>): result is WritingResult<State> {
  if (job.mode === 'preview') return false;
  return (result.status === 'accepted' || result.status === 'waiting') && result.events.length > 0;
}

/** The same command again is a duplicate also when its own first effect moved the revision on. */
function staleness({ context }: Job, result: Result<unknown>, actual: number): StaleRefusal | null {
  const expected = context.expectedRevision;
  if (expected === undefined || expected === actual || result.status === 'duplicate') return null;
  const detail = `The account is at revision ${actual}, not ${expected}.`;
  const facts = { expectedRevision: String(expected), actualRevision: String(actual) };
  return { kind: 'stale', code: 'account.revision-stale', detail, facts };
}
