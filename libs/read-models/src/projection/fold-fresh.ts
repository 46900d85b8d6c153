import type { PublicEvent } from '@duestream/contracts';
import { fold } from './fold';
import { unopened } from './fold-account';
import type { Taken } from './taken';
import type { WorkingSet } from './working-set';

/** Events of an account that the feed left out: from `expected` on, before `actual`. */
export interface Gap {
  readonly accountId: string;
  readonly expected: number;
  readonly actual: number;
}

/** The feed left out events. Going on without them would leave figures wrong for ever. */
export class GapsInFeed extends Error {
  readonly code = 'feed.gap';
  constructor(readonly gaps: readonly [Gap, ...Gap[]]) {
    const [{ accountId, expected, actual }, ...others] = gaps;
    const more = others.length === 0 ? '' : ` (and in ${others.length} other places)`;
    super(`account ${accountId}: event ${actual} came where ${expected} was due${more}`);
  }
}

/** The events that their accounts, which the set must have, have not taken yet. Throws `GapsInFeed`. */
export function selectFresh(set: WorkingSet, events: readonly PublicEvent[]): PublicEvent[] {
  const revisions = new Map<string, number>();
  const gaps: Gap[] = [];
  const fresh = events.filter((event) => {
    const accountId = event.subject;
    const last = revisions.get(accountId) ?? set.accounts.get(accountId)?.revision ?? -1;
    const revision = Number(event.accountrevision);
    if (revision <= last) return false;
    if (revision !== last + 1) gaps.push({ accountId, expected: last + 1, actual: revision });
    revisions.set(accountId, revision);
    return true;
  });
  const [first, ...others] = gaps;
  if (first !== undefined) throw new GapsInFeed([first, ...others]);
  return fresh;
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
