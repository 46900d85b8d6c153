import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

export function foldLimit(set: WorkingSet, taken: Taken, event: OfType<'duestream.limit.set.v1'>): void {
  const { amount, validFrom, validTo } = event.data;
  set.limits.push({
    accountId: taken.accountId,
    revision: taken.revision,
    amount: amount?.amount ?? null,
    currency: amount?.currency ?? null,
    validFrom,
    validTo: validTo ?? null,
    ...recorded(taken),
  });
}
