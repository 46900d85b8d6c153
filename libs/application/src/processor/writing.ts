import {
  OutcomeUnknown,
  StoreClosed,
  TooLarge,
  Unavailable,
  type AppendBatch,
  type AppendResult,
  type EventStore,
  type EventStoreError,
} from '@duestream/event-store';
import { backOff } from './backoff';
import {
  CommandTooLarge,
  OutcomeStillUnknown,
  ProcessorClosing,
  StoreUnavailable,
  type ProcessorError,
} from './errors';
import type { ProcessorLimits } from './limits';
import type { ProcessorObserver } from './observer';

/** How the write of one account ended: for good, in every case. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly position: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly error: ProcessorError };

export interface BatchToWrite {
  readonly batch: AppendBatch;
  readonly bytes: number;
  /** Called once, as soon as the outcome is known. */
  settle(outcome: WriteOutcome): void;
}

/** Writes accounts' batches, and repeats the identical ones until each has a definite outcome. */
export class BatchWriter {
  private closing = false;

  constructor(
    private readonly store: Pick<EventStore, 'append'>,
    private readonly limits: ProcessorLimits,
    private readonly observer: ProcessorObserver,
  ) {}

  /** Disjoint streams: the writes that hold them go out together. Ends when all are settled. */
  async write(batches: readonly BatchToWrite[]): Promise<void> {
    await Promise.all(this.packed(batches).map((pack) => this.writePack(pack)));
  }

  /** Ends the repetition of writes whose outcome is unknown. */
  giveUp(): void {
    this.closing = true;
  }

  private packed(batches: readonly BatchToWrite[]): readonly (readonly BatchToWrite[])[] {
    const { maxEventsPerWrite, maxBytesPerWrite } = this.limits;
    const packs: BatchToWrite[][] = [];
    let [events, bytes] = [0, 0];
    for (const one of batches) {
      events += one.batch.events.length;
      bytes += one.bytes;
      const last = packs.at(-1);
      if (last !== undefined && events <= maxEventsPerWrite && bytes <= maxBytesPerWrite) {
        last.push(one);
      } else {
        packs.push([one]);
        [events, bytes] = [one.batch.events.length, one.bytes];
      }
    }
    return packs;
  }

  private async writePack(pack: readonly BatchToWrite[]): Promise<void> {
    let open = pack.map((one) => ({ one, isUncertain: false }));
    for (let attempt = 0; ; attempt += 1) {
      const results = await this.append(open.map(({ one }) => one.batch));
      const unsettled: typeof open = [];
      for (const [index, { one, isUncertain }] of open.entries()) {
        const result = results[index] ?? NO_ANSWER;
        const doubt = isUncertain || (!result.ok && result.error instanceof OutcomeUnknown);
        const outcome = result.ok ? writtenAt(result.position) : this.outcomeOf(result.error, doubt, attempt);
        if (outcome === null) unsettled.push({ one, isUncertain: doubt });
        else one.settle(outcome);
      }
      if (unsettled.length === 0) return;
      open = unsettled;
      this.observer.repeated(open.some(({ isUncertain }) => isUncertain) ? 'outcome-unknown' : 'unavailable');
      await backOff(attempt, this.limits);
    }
  }

  /**
   * Null: not settled, write it again. Once a write was lost (`isUncertain`), only the store's answer to the same write
   * ends the doubt: that the store is away now says nothing about what it took before.
   */
  private outcomeOf(error: EventStoreError, isUncertain: boolean, attempt: number): WriteOutcome | null {
    const isAway = error instanceof Unavailable || error instanceof OutcomeUnknown;
    if (error instanceof StoreClosed || (isAway && this.closing)) {
      return failed(isUncertain ? new OutcomeStillUnknown() : new ProcessorClosing());
    }
    if (isAway && isUncertain) return null;
    if (isAway) return attempt + 1 < this.limits.maxUnavailableRetries ? null : failed(new StoreUnavailable(error));
    return error instanceof TooLarge
      ? failed(new CommandTooLarge(error.bytes, error.limitBytes))
      : { kind: 'conflict' };
  }

  private async append(batches: readonly AppendBatch[]): Promise<readonly AppendResult[]> {
    try {
      return await this.store.append(batches);
    } catch (cause) {
      // An adapter answers failures; one that throws after all has told nothing about what it wrote.
      const error = new OutcomeUnknown('the event store failed without an answer', { cause });
      return batches.map(() => ({ ok: false, error }));
    }
  }
}

const NO_ANSWER: AppendResult = { ok: false, error: new OutcomeUnknown('the event store left a batch unanswered') };

function writtenAt(position: string): WriteOutcome {
  return { kind: 'written', position };
}

function failed(error: ProcessorError): WriteOutcome {
  return { kind: 'failed', error };
}
