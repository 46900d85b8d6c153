import { moneyOf } from '../../money/money';
import { ratioOf } from '../../policy/ratio';
import { latest, type LocalDate } from '../../time/local-date';
import type { Policy } from '../../policy/policy';
import { documentKey } from '../documents';
import { isKnown, refuse, type Draft, type Handler } from '../draft';
import { apart } from '../personal';
import { giveDecision, loaded } from './give-decision';
import { authorisedTotal, isBefore, type Order, type OrderTotal } from './order';

/** The new total is decided on when it asks for more than may be reserved already (DOMAIN.md §3). */
export const changeOrder: Handler<'order.changed.v1'> = (draft, command) => {
  const { data, contentHash } = command;
  const { enforcement = draft.context.enforcement, company = '', ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const order = loaded(draft, key);
  if (data.amount !== undefined && data.amount.currency !== order.currency) {
    return refuse('order.currency', `order ${order.number} is in ${order.currency}, not ${data.amount.currency}`, {
      field: 'amount.currency',
    });
  }
  const changedOn = latest(data.changedOn ?? draft.businessDate, order.orderDate);
  const changedAt = command.time ?? draft.context.recordedAt;
  const change = {
    minor: data.amount === undefined ? null : moneyOf(data.amount).minor,
    terms: data.terms ?? order.terms,
    on: changedOn,
    at: changedAt,
    revision: draft.state.revision + 1,
  };
  const verdict = enforcement === 'observe' ? observed(order, change.minor) : judge(order, change, draft);
  const event = {
    ...apart(sent),
    company,
    changedOn,
    changedAt,
    contentHash,
    ...(verdict === 'authorised' && { authorisedFrom: changedOn }),
  };
  const { revision } = draft.emitOnOrder('order.changed.v1', event, changedOn, key);
  if (verdict !== 'decide') return { kind: 'done', order: key };
  const of = change.minor === null ? (order.totals.at(-1)?.revision ?? revision) : revision;
  const decision = giveDecision(draft, key, 'changed', of, enforcement);
  return { kind: 'done', order: key, decision };
};

interface Change {
  /** Null: the amount stays. */
  readonly minor: bigint | null;
  readonly terms: string | null;
  readonly on: LocalDate;
  readonly at: OrderTotal['at'];
  readonly revision: number;
}

/** `authorised`: counts at once. `decide`: a credit decision follows. `noted`: recorded, reserves nothing. */
type Verdict = 'authorised' | 'decide' | 'noted';

/** After its end an order's total matters for the days before only: there is nothing to decide, but it counts. */
function observed(order: Order, minor: bigint | null): Verdict {
  if (minor === null) return 'noted';
  return order.cancelledOn !== null || order.closedOn !== null ? 'authorised' : 'decide';
}

function judge(order: Order, change: Change, draft: Draft): Verdict {
  if (order.cancelledOn !== null || order.closedOn !== null) return 'noted';
  if (change.minor !== null && !isLatest(order, change)) return before(order, change) ? 'authorised' : 'noted';
  if (releaseEnded(order, change, draft.businessDate)) return 'decide';
  if (change.minor === null) return 'noted';
  const allowed = allowedTotal(order, draft.context.policies.current.policy);
  return allowed > 0n && change.minor <= allowed ? 'authorised' : 'decide';
}

/** What may be reserved without a new decision: what is, or what a release by hand tolerates. */
function allowedTotal(order: Order, policy: Policy): bigint {
  const reserved = authorisedTotal(order);
  if (order.authorisation === null || order.approval !== 'approved') return reserved;
  const { over, under } = ratioOf(policy.releaseTolerancePercent);
  const tolerated = (order.authorisation.minor * (100n * under + over)) / (100n * under);
  return tolerated > reserved ? tolerated : reserved;
}

function releaseEnded({ authorisation }: Order, change: Change, businessDate: LocalDate): boolean {
  if (authorisation === null) return false;
  const expired = authorisation.expiresOn !== null && authorisation.expiresOn < businessDate;
  return expired || authorisation.terms !== change.terms;
}

function isLatest(order: Order, change: Change): boolean {
  const last = order.totals.at(-1);
  return last === undefined || isBefore(last, { ...change, minor: 0n, authorisedFrom: null });
}

/** A change that comes late, for a day before the last one, counts when the total before it did. */
function before(order: Order, change: Change): boolean {
  const late = { ...change, minor: 0n, authorisedFrom: null };
  const previous = order.totals.findLast((total) => isBefore(total, late));
  return previous !== undefined && previous.authorisedFrom !== null;
}
