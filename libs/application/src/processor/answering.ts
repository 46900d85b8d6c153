import type { RecordedEvent, Result } from '@duestream/domain';
import { decisionIn, type FoldedState } from './decider';
import { eventsAt, type DecidedJob, type Draft, type DraftingTools } from './draft';
import type { Job } from './mailbox';
import type { Answer } from './requests';

/** Answers every decided job of a draft that is durable. Never rejects: a failing answer goes to `fail`. */
export async function answerAll<State extends FoldedState>(
  draft: Draft<State>,
  position: string | null,
  tools: Pick<DraftingTools<State>, 'reads'>,
  fail: (job: Job, error: unknown) => void,
): Promise<void> {
  const needingEvents: DecidedJob[] = [];
  for (const decided of draft.decided) {
    if (revisionsOf(decided.result).length > 0) needingEvents.push(decided);
    else decided.job.answer(answerOf(decided, position, NO_EVENTS));
  }
  if (needingEvents.length === 0) return;
  try {
    const revisions = new Set(needingEvents.flatMap(({ result }) => revisionsOf(result)));
    const events = await eventsAt([...revisions], draft.account, draft.recorded, tools);
    const byRevision = new Map(events.map((event) => [event.revision, event]));
    for (const decided of needingEvents) decided.job.answer(answerOf(decided, position, byRevision));
  } catch (error) {
    for (const { job } of needingEvents) fail(job, error);
  }
}

const NO_EVENTS: ReadonlyMap<number, RecordedEvent> = new Map();

/** Revisions of the events that the answer quotes. */
function revisionsOf(result: DecidedJob['result']): readonly number[] {
  if (result.status === 'duplicate') return result.decisionRevision === undefined ? [] : [result.decisionRevision];
  if (result.status === 'refused' && 'firstRevision' in result.refusal) {
    return result.refusal.firstRevision === undefined ? [] : [result.refusal.firstRevision];
  }
  return [];
}

function answerOf(
  { job, result, revisionAfter }: DecidedJob,
  position: string | null,
  events: ReadonlyMap<number, RecordedEvent>,
): Answer {
  const standing = { accountRevision: revisionAfter < 0 ? null : revisionAfter, position };
  if (result.status === 'refused') {
    const { refusal } = result;
    const first = 'firstRevision' in refusal ? events.get(refusal.firstRevision ?? -1) : undefined;
    const contents = first === undefined ? {} : { contents: { recorded: first, sent: job.command.data } };
    return { status: 'refused', refusal, ...standing, ...contents };
  }
  if (result.status === 'duplicate') {
    const { firstRevision } = result;
    return { status: 'duplicate', firstRevision, ...standing, ...answered(result), ...firstDecision(result, events) };
  }
  const eventTypes = result.events.map(({ type }) => type);
  return { status: result.status, eventTypes, ...standing, ...answered(result) };
}

type Decided = Exclude<Result<unknown>, { readonly status: 'refused' }>;

function answered({
  decision,
  orderStatus,
  waitingFor,
}: Decided): Pick<Decided, 'decision' | 'orderStatus' | 'waitingFor'> {
  const given: { -readonly [Name in keyof ReturnType<typeof answered>]: ReturnType<typeof answered>[Name] } = {};
  if (decision !== undefined) given.decision = decision;
  if (orderStatus !== undefined) given.orderStatus = orderStatus;
  if (waitingFor !== undefined && waitingFor.length > 0) given.waitingFor = waitingFor;
  return given;
}

/** What was decided when the message came the first time. */
function firstDecision(
  { decisionRevision }: Extract<Result, { readonly status: 'duplicate' }>,
  events: ReadonlyMap<number, RecordedEvent>,
): Pick<Decided, 'decision'> {
  const event = events.get(decisionRevision ?? -1);
  const decision = event === undefined ? null : decisionIn(event);
  return decision === null ? {} : { decision };
}
