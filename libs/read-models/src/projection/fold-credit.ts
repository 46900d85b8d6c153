import { storedTypeOf } from '@duestream/contracts';
import { authorisedMinor, withAuthorised } from './order-totals';
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
  'credit.approved.v1': { outcome: 'approved', decided: 'approved' },
  'credit.held.v1': { outcome: 'held', decided: 'held' },
  'credit.rejected.v1': { outcome: 'rejected', decided: 'rejected' },
  // Observing lets the order through, whatever would have been decided.
  'credit.observed.v1': { outcome: 'observed', decided: 'approved' },
  'credit.released.v1': { outcome: 'released', decided: 'approved' },
} as const;

export function foldDecision(set: WorkingSet, taken: Taken, event: CreditEvent): void {
  const { data } = event;
  const { outcome, decided } = OUTCOME[storedTypeOf(event.type)];
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
  const order = set.orders.get(taken.accountId, data.company, data.orderId);
  if (order === undefined) return;
  const authorised = data.authorised === undefined ? order : withAuthorised(order, data.authorised.of);
  // A rejected increase leaves the order approved at what it was before.
  const keeps = decided === 'rejected' && authorisedMinor(authorised) > 0n;
  set.orders.put({ ...authorised, decided: keeps ? 'approved' : decided, decisionRevision: taken.revision });
}
