import type { PublicEvent } from '@duestream/contracts';
import { fold } from './fold';
import { unopened } from './fold-account';
import type { Taken } from './taken';
import type { WorkingSet } from './working-set';

/** The feed left out an event of this account. Going on would leave figures wrong for ever. */
export class GapInAccount extends Error {
  readonly code = 'feed.gap';
  constructor(
    readonly accountId: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`account ${accountId}: event ${actual} came where ${expected} was due`);
  }
}

/** The events that their accounts, which the set must have, have not taken yet. Throws `GapInAccount`. */
export function selectFresh(set: WorkingSet, events: readonly PublicEvent[]): PublicEvent[] {
  const revisions = new Map<string, number>();
  return events.filter((event) => {
    const accountId = event.subject;
    const last = revisions.get(accountId) ?? set.accounts.get(accountId)?.revision ?? -1;
    const revision = Number(event.accountrevision);
    if (revision <= last) return false;
    if (revision !== last + 1) throw new GapInAccount(accountId, last + 1, revision);
    revisions.set(accountId, revision);
    return true;
  });
}

/** Folds fresh events, numbered from `before` on: as many as the generation had taken by then. */
export function foldFresh(set: WorkingSet, fresh: readonly PublicEvent[], before: number): void {
  for (const [index, event] of fresh.entries()) foldOne(set, event, before + index + 1);
}

function foldOne(set: WorkingSet, event: PublicEvent, seq: number): void {
  const account = set.accounts.find(event.subject);
  const taken: Taken = {
    event,
    // One text for all rows of an account: theirs would be kept as long as the rows are.
    accountId: account?.row.accountId ?? event.subject,
    revision: Number(event.accountrevision),
    recordedAt: event.time,
    effectiveAt: event.effectiveat,
    seq,
  };
  fold(set, taken);
  const known = account ?? set.accounts.find(taken.accountId);
  if (known === undefined) set.accounts.put(unopened(taken));
  else known.change({ revision: taken.revision });
}
