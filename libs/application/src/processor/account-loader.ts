import type { AccountId } from '@duestream/domain';
import { accountStreamId, openEvent, type StoredEvent } from '@duestream/event-store';
import type { AccountDecider, FoldedState } from './decider';
import type { StreamReads } from './patient-reads';
import { openSnapshot } from './snapshot-seal';

/** An account's state with what the next append needs. Immutable. */
export interface LoadedAccount<State> {
  readonly accountId: AccountId;
  readonly state: State;
  /** Hash and position of the last event; null before the first. */
  readonly headHash: string | null;
  readonly headPosition: string | null;
  /** Revision of the newest snapshot known to be kept, -1 for none. */
  readonly snapshotRevision: number;
  readonly bytes: number;
  /** The state is known to have been the newest at this tick of the processor's own counter. */
  readonly currentAt: number;
}

/** Reads accounts: newest snapshot, where there is a usable one, and the events after it. */
export class AccountLoader<State extends FoldedState> {
  constructor(
    private readonly store: StreamReads,
    private readonly decider: AccountDecider<State>,
    private readonly pageSize: number,
  ) {}

  async load(accountId: AccountId, tick: number): Promise<LoadedAccount<State>> {
    return (await this.loadFromSnapshot(accountId, tick)) ?? this.catchUp(this.empty(accountId), tick);
  }

  /** The same account with the events that others wrote since. */
  async catchUp(account: LoadedAccount<State>, tick: number): Promise<LoadedAccount<State>> {
    let { state, headHash, headPosition } = account;
    for (;;) {
      const page = await this.readPage(account.accountId, state.revision + 1);
      for (const stored of page) {
        const { recorded, hash } = openEvent(stored);
        state = this.decider.evolve(state, recorded);
        headHash = hash;
        headPosition = stored.position;
      }
      if (page.length < this.pageSize) break;
    }
    const bytes = this.decider.approximateBytes(state);
    return { ...account, state, headHash, headPosition, bytes, currentAt: tick };
  }

  /** True when nobody has written since the account was read. */
  async isCurrent(account: LoadedAccount<State>): Promise<boolean> {
    const head = await this.store.readHead(accountStreamId(account.accountId));
    if (head === null || head.revision !== account.state.revision)
      return head === null && account.state.revision === -1;
    return head.position === account.headPosition;
  }

  /** A snapshot is a cache: one that is corrupt, of another shape, or ahead of its stream is as good as none. */
  private async loadFromSnapshot(accountId: AccountId, tick: number): Promise<LoadedAccount<State> | null> {
    const snapshot = await this.store.loadSnapshot(accountStreamId(accountId), this.decider.schema);
    if (snapshot === null) return null;
    const text = openSnapshot(snapshot.state);
    const state = text === null ? null : this.decider.parse(text);
    if (state === null || state.revision !== snapshot.revision) return null;
    const [head] = await this.store.readRevisions(accountStreamId(accountId), [snapshot.revision]);
    if (head === undefined) return null;
    const { hash } = openEvent(head);
    const base = this.empty(accountId);
    const standing = { state, headHash: hash, headPosition: head.position, snapshotRevision: snapshot.revision };
    return this.catchUp({ ...base, ...standing }, tick);
  }

  private readPage(accountId: AccountId, fromRevision: number): Promise<readonly StoredEvent[]> {
    return this.store.readStream(accountStreamId(accountId), { fromRevision, limit: this.pageSize });
  }

  private empty(accountId: AccountId): LoadedAccount<State> {
    const state = this.decider.initialState(accountId);
    return { accountId, state, headHash: null, headPosition: null, snapshotRevision: -1, bytes: 0, currentAt: 0 };
  }
}
