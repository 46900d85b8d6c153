import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

type BlockEvent = OfType<'duestream.account.blocked.v1' | 'duestream.account.unblocked.v1'>;

export function foldBlock(set: WorkingSet, taken: Taken, event: BlockEvent): void {
  const blocked = event.type === 'duestream.account.blocked.v1';
  set.blocks.push({
    accountId: taken.accountId,
    revision: taken.revision,
    blocked,
    validFrom: blocked ? event.data.blockedOn : event.data.unblockedOn,
    ...recorded(taken),
  });
}
