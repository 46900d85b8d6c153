import { storedTypeOf } from '@duestream/contracts';
import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

type CreditEvent = OfType<
  | 'duestream.credit.approved.v1'
  | 'duestream.credit.held.v1'
  | 'duestream.credit.rejected.v1'
  | 'duestream.credit.observed.v1'
  | 'duestream.credit.released.v1'
>;

const OUTCOME = {
  'credit.approved.v1': 'approved',
  'credit.held.v1': 'held',
  'credit.rejected.v1': 'rejected',
  'credit.observed.v1': 'observed',
  'credit.released.v1': 'released',
} as const;

export function foldDecision(set: WorkingSet, taken: Taken, event: CreditEvent): void {
  const { data } = event;
  const outcome = OUTCOME[storedTypeOf(event.type)];
  set.decisions.push({
    accountId: taken.accountId,
    revision: taken.revision,
    company: data.company,
    orderId: data.orderId,
    outcome,
    trigger: data.trigger,
    total: data.total.amount,
    currency: data.total.currency,
    decision: data.decision === null ? null : JSON.stringify(data.decision),
    authorisation: 'authorisation' in data ? JSON.stringify(data.authorisation) : null,
    businessDate: event.businessdate,
    actorId: event.actorid,
    ...recorded(taken),
  });
  const order = set.orders.find(taken.accountId, data.company, data.orderId);
  order?.change({ amount: data.order.requested.amount, decisionRevision: taken.revision });
}
