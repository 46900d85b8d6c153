import { moneyText } from '../../money/money';
import type { CreditDecision } from '../../policy/decision';
import { latest, type LocalDate } from '../../time/local-date';
import type { DocumentKey } from '../documents';
import type { Draft } from '../draft';
import type { CreditEventData } from '../events';
import type { Enforcement } from '../messages';
import { creditDecision, accountStanding, withReserved, type AccountStanding } from './credit-check';
import {
  isBefore,
  isReserved,
  placeOf,
  reservedTotal,
  standsIn,
  type Order,
  type OrderTotal,
  type Place,
} from './order';
import type { Question } from './standing';

/** What a decision is about. */
export interface Asked {
  readonly question: Question;
  /** The total that is asked for. */
  readonly total: OrderTotal;
  /** From when it is reserved if it is let through; null: it is reserved already. */
  readonly from: Place | null;
}

/** Decides on an order and records the decision. */
export function giveDecision(
  draft: Draft,
  key: DocumentKey,
  trigger: CreditEventData['trigger'],
  asked: Asked,
  enforcement: Enforcement,
): CreditDecision {
  const order = loaded(draft, key);
  const decision = decideOn(accountStanding(draft.state, draft.context), order, asked, enforcement);
  const { outcome } = decision;
  const through = enforcement === 'observe' || outcome === 'approved';
  // What a person had released and nobody shipped goes back to a person, also where a rule would reject.
  const rejects = !through && outcome === 'rejected' && trigger !== 'expired';
  const data = {
    decision,
    ...aboutOrder(order, trigger, asked),
    ...(through && authorised(asked.total, asked.from)),
    ...(rejects && withdrawal(order, asked, draft)),
  };
  const type = enforcement === 'observe' ? 'observed' : through ? 'approved' : rejects ? 'rejected' : 'held';
  draft.emitOnOrder(`credit.${type}.v1`, data, latest(asked.total.on, draft.businessDate), key);
  return decision;
}

export function decideOn(
  standing: AccountStanding,
  order: Order,
  asked: Asked,
  enforcement: Enforcement,
): CreditDecision {
  const { total, from } = asked;
  const after = from === null ? order : withReserved(order, total, from, standing);
  return creditDecision(standing, order, after, total.minor, enforcement);
}

export function aboutOrder(
  order: Order,
  trigger: CreditEventData['trigger'],
  { total, question }: Asked,
): Pick<CreditEventData, 'orderId' | 'company' | 'trigger' | 'total' | 'of' | 'question'> {
  const { number: orderId, company, currency } = order;
  return { orderId, company, trigger, total: moneyText(total.minor, currency), of: total.revision, question };
}

/** What an event says of a total that it lets through. */
export function authorised(
  total: Pick<OrderTotal, 'on'>,
  from: Place | null,
): Pick<CreditEventData, 'authorisedFrom' | 'authorisedLast'> {
  if (from === null) return {};
  // What counts from another day than its own comes last of that day anyway.
  return { authorisedFrom: from.on, ...(from.last && from.on === total.on && { authorisedLast: true }) };
}

/** Rejecting the whole order takes back what is still reserved of it, and what was to be reserved later. */
export function withdrawal(
  order: Order,
  { question }: Pick<Asked, 'question'>,
  { businessDate, context, state }: Draft,
): Pick<CreditEventData, 'withdrawnFrom' | 'withdrawsLater'> {
  if (question !== 'whole' || reservedTotal(order) === 0n) return {};
  const withdrawnFrom = latest(businessDate, order.orderDate);
  const end = { on: withdrawnFrom, at: context.recordedAt, revision: state.revision + 1 };
  const later = order.reserved.some((total) => isBefore(end, total));
  return { withdrawnFrom, ...(later && { withdrawsLater: true }) };
}

/** What the standing hold asks, as of a day: the total in question, or the last one where that has been overtaken. */
export function heldQuestion(order: Order, businessDate: LocalDate): Asked | null {
  const { hold } = order;
  const last = order.totals.at(-1);
  if (hold === null || last === undefined) return null;
  // What a release let through on a later day is named by the release.
  const held = [...order.totals, ...order.reserved].find((total) => total.revision === hold.of) ?? last;
  const day = latest(held.on, businessDate);
  // What was asked for before the hold stood was decided on before it.
  const overtaken = order.totals.some((total) => total.revision > hold.at && total.on <= day && total.on >= held.on);
  const total = overtaken ? last : (inForceAfter(held, order, day) ?? held);
  const from = isReserved(order, total, businessDate) ? null : notBefore(businessDate, placeOf(order, total));
  return { question: hold.question, total, from };
}

/** A change that was to count later has come into force since, without a decision. */
function inForceAfter(held: OrderTotal, { totals, reserved }: Order, day: LocalDate): OrderTotal | undefined {
  return totals.findLast((one) => one.on <= day && isBefore(held, one) && standsIn(reserved, one));
}

function notBefore(day: LocalDate, place: Place): Place {
  return place.on < day ? { on: day, last: true } : place;
}

/** A handler asks for an order only after it made sure that it is there. */
export function loaded(draft: Draft, key: DocumentKey): Order {
  const order = draft.state.orders.get(key);
  if (order === undefined) throw new Error('the order was not loaded before it was decided on');
  return order;
}
