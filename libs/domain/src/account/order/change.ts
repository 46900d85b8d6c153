import { moneyOf } from '../../money/money';
import type { Policy } from '../../policy/policy';
import { ratioOf } from '../../policy/ratio';
import { latest, type LocalDate } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, type Draft, type Handler } from '../draft';
import { apart } from '../personal';
import { countedOn, withReserved } from './credit-check';
import { authorised, giveDecision, loaded, type Asked } from './give-decision';
import { isBefore, isReserved, placeOf, reservedTotal, type Order, type OrderTotal, type Place } from './order';
import { inOtherCurrency } from './same-currency';

/**
 * The new total is reserved at once where that asks for no more than is reserved already or a release tolerates;
 * everything else is decided on (DOMAIN.md §3).
 */
export const changeOrder: Handler<'order.changed.v1'> = (draft, command) => {
  const { data, contentHash } = command;
  const { enforcement = draft.context.enforcement, company = '', ...sent } = data;
  const key = documentKey('order', company, data.orderId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const order = loaded(draft, key);
  const other = inOtherCurrency(order, data.amount);
  if (other !== null) return other;
  const on = latest(data.changedOn ?? draft.businessDate, order.orderDate);
  const at = command.time ?? draft.context.recordedAt;
  const change: Change = {
    total:
      data.amount === undefined
        ? null
        : { minor: moneyOf(data.amount).minor, on, at, revision: draft.state.revision + 1 },
    terms: data.terms ?? order.terms,
  };
  const { from, asked } = enforcement === 'observe' ? observed(order, change) : judge(order, change, draft);
  const event = {
    company,
    ...apart(sent),
    changedOn: on,
    changedAt: at,
    contentHash,
    ...authorised({ on }, from),
  };
  draft.emitOnOrder('order.changed.v1', event, on, key);
  if (asked === null) return { kind: 'done', order: key };
  const decision = giveDecision(draft, key, 'changed', asked, enforcement);
  return { kind: 'done', order: key, decision };
};

interface Change {
  /** Null: the amount stays. */
  readonly total: OrderTotal | null;
  readonly terms: string | null;
}

interface Verdict {
  /** From when the new total counts without a decision; null: it does not. */
  readonly from: Place | null;
  /** What has to be decided on, if anything has. */
  readonly asked: Asked | null;
}

const NOTED: Verdict = { from: null, asked: null };

/** After its end an order's total matters for the days before only: there is nothing to decide, but it counts. */
function observed(order: Order, { total }: Change): Verdict {
  if (total === null) return NOTED;
  if (order.cancelledOn !== null || order.closedOn !== null) return { from: placeOf(order, total), asked: null };
  return asks('whole', total, order);
}

function judge(order: Order, change: Change, draft: Draft): Verdict {
  if (order.cancelledOn !== null || order.closedOn !== null) return NOTED;
  const { total } = change;
  const isRejected = order.approval === 'rejected';
  const isWhole = !isRejected && (order.hold?.question === 'whole' || releaseEnded(order, change, draft));
  if (total === null) return isWhole ? { from: null, asked: again(order, draft.businessDate) } : NOTED;
  const from = placeOf(order, total);
  // What had been overtaken, and was decided on, before it came asks for nothing.
  if ((isRejected || from.last) && !isCurrent(order, total, draft)) return NOTED;
  if (isRejected) return asks('whole', total, order);
  const isLast = !order.totals.some((one) => isBefore(total, one));
  const lowers = raisedBy(order, total, draft) <= 0n && order.reserved.length > 0;
  if (isWhole) {
    // Less to ship is less to ship; whether any of it may is still to be decided.
    const reserves = lowers && reservedTotal(order) > 0n ? from : null;
    if (!isLast) return { from: reserves, asked: null };
    return { from: reserves, asked: { question: 'whole', total, from: reserves === null ? from : null } };
  }
  if (lowers) return { from, asked: null };
  if (isLast && total.minor <= tolerated(order, draft.context.policies.current.policy)) return { from, asked: null };
  return isCurrent(order, total, draft) ? asks('increase', total, order) : NOTED;
}

function asks(question: Asked['question'], total: OrderTotal, order: Order): Verdict {
  return { from: null, asked: { question, total, from: placeOf(order, total) } };
}

/** The total that stands in question anyway, or what is reserved. */
function again(order: Order, businessDate: LocalDate): Asked | null {
  const total =
    order.totals.find((one) => one.revision === order.hold?.of) ?? order.reserved.at(-1) ?? order.totals.at(-1);
  if (total === undefined) return null;
  return { question: 'whole', total, from: isReserved(order, total, businessDate) ? null : placeOf(order, total) };
}

/** What the change would add to what counts today. */
function raisedBy(order: Order, total: OrderTotal, draft: Draft): bigint {
  const { context, state } = draft;
  const after = withReserved(order, total, placeOf(order, total), { context, next: state.revision + 1 });
  return countedOn(after, draft.businessDate) - countedOn(order, draft.businessDate);
}

/** No later change has taken its place yet: a total that was overtaken before it came asks for nothing. */
function isCurrent(order: Order, total: OrderTotal, draft: Draft): boolean {
  const day = latest(draft.businessDate, total.on);
  return !order.totals.some((one) => isBefore(total, one) && one.on <= day);
}

/** What a release by hand tolerates on top of its amount; 0 without one. */
function tolerated({ authorisation, approval }: Order, policy: Policy): bigint {
  if (authorisation === null || approval !== 'approved') return 0n;
  const { over, under } = ratioOf(policy.releaseTolerancePercent);
  return (authorisation.minor * (100n * under + over)) / (100n * under);
}

function releaseEnded({ authorisation }: Order, change: Change, draft: Draft): boolean {
  if (authorisation === null) return false;
  const expired = authorisation.expiresOn !== null && authorisation.expiresOn < draft.businessDate;
  return expired || authorisation.terms !== change.terms;
}
