import { setImmediate } from 'node:timers/promises';
import { accountStreamId, type EventStore } from '@duestream/event-store';
import type { LoadedAccount } from './account-loader';
import type { AccountDecider, FoldedState } from './decider';
import type { ProcessorObserver } from './observer';
import { sealSnapshot } from './snapshot-seal';

/** How long the writing down of a state may keep others waiting at a stretch. */
const SLICE_MS = 2;

/**
 * Saves states of long accounts, one at a time and outside every command's transaction. A snapshot is a cache:
 * failing to save one is told and otherwise without consequence.
 */
export class SnapshotKeeper<State extends FoldedState> {
  private readonly due = new Map<string, LoadedAccount<State>>();
  private working: Promise<void> | null = null;

  constructor(
    private readonly store: Pick<EventStore, 'saveSnapshot'>,
    private readonly decider: AccountDecider<State>,
    private readonly every: number,
    private readonly observer: ProcessorObserver,
  ) {}

  /** The account, marked as kept when a snapshot of it was due. */
  keep(account: LoadedAccount<State>): LoadedAccount<State> {
    const { revision } = account.state;
    // Saving costs as much as the account is long, so a long one has its next when it has doubled.
    if (revision - account.snapshotRevision < Math.max(this.every, account.snapshotRevision)) return account;
    this.due.set(account.accountId, account);
    this.working ??= this.saveDue();
    return { ...account, snapshotRevision: revision };
  }

  async drain(): Promise<void> {
    await this.working;
  }

  private async saveDue(): Promise<void> {
    // First the answers go out that wait for this turn of the event loop.
    await setImmediate();
    for (let next = this.nextDue(); next !== undefined; next = this.nextDue()) await this.save(next);
    this.working = null;
  }

  private nextDue(): LoadedAccount<State> | undefined {
    for (const [accountId, account] of this.due) {
      this.due.delete(accountId);
      return account;
    }
    return undefined;
  }

  private async save({ accountId, state }: LoadedAccount<State>): Promise<void> {
    const { decider } = this;
    try {
      const snapshot = {
        revision: state.revision,
        schema: decider.schema,
        state: sealSnapshot(await this.writtenDown(state)),
      };
      await this.store.saveSnapshot(accountStreamId(accountId), snapshot);
      this.observer.snapshotSaved(accountId);
    } catch (error) {
      this.observer.snapshotFailed(accountId, error);
    }
  }

  private async writtenDown(state: State): Promise<string> {
    const parts: string[] = [];
    let sinceMs = performance.now();
    for (const part of this.decider.serialise(state)) {
      parts.push(part);
      if (performance.now() - sinceMs < SLICE_MS) continue;
      await setImmediate();
      sinceMs = performance.now();
    }
    return parts.join('');
  }
}
