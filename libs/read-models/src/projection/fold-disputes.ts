import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

export function foldDisputeOpened(set: WorkingSet, taken: Taken, event: OfType<'duestream.dispute.opened.v1'>): void {
  const { data } = event;
  set.disputes.put({
    accountId: taken.accountId,
    company: data.company,
    disputeId: data.disputeId,
    invoiceId: data.invoiceId,
    amount: data.amount.amount,
    currency: data.amount.currency,
    openedOn: taken.effectiveAt,
    outcome: null,
    resolvedOn: 'infinity',
    resolvedAt: null,
    resolvedSeq: null,
    ...recorded(taken),
  });
}

export function foldDisputeResolved(
  set: WorkingSet,
  taken: Taken,
  event: OfType<'duestream.dispute.resolved.v1'>,
): void {
  const { data } = event;
  const dispute = set.disputes.find(taken.accountId, data.company, data.disputeId);
  dispute?.change({
    outcome: data.outcome,
    resolvedOn: taken.effectiveAt,
    resolvedAt: taken.recordedAt,
    resolvedSeq: taken.seq,
  });
}
