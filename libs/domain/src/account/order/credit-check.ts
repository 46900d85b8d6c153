import type { Currency } from '../../money/currencies';
import { moneyText } from '../../money/money';
import type { CreditDecision } from '../../policy/decision';
import { evaluate } from '../../policy/evaluate';
import type { PolicyVersion } from '../../policy/policy';
import type { CreditCase, OpenDebit } from '../../policy/rules/rule';
import { daysBetween, LAST_DATE, type LocalDate } from '../../time/local-date';
import type { DecisionContext } from '../context';
import { decisionExposure, netOf, otherCurrencies, type Exposure } from '../exposure';
import { openOn } from '../invoice/invoice';
import { limitOn } from '../limit/limit';
import type { Enforcement } from '../messages';
import { isBlocked } from '../profile/block';
import type { AccountState } from '../state';
import { reservation, withTotal, type Order, type OrderTotal, type Place } from './order';
import { stagesOn } from './stages';

/** What an account brings to every decision of one moment; the same for all orders that are looked at then. */
export type AccountStanding = Omit<CreditCase, 'order'> & {
  readonly policy: PolicyVersion;
  /** Currencies with something outstanding and no rate into the account's. */
  readonly foreign: readonly Currency[];
  readonly context: DecisionContext;
  /** Revision of the next event. */
  readonly next: number;
};

export function accountStanding(state: AccountState, context: DecisionContext): AccountStanding {
  const { businessDate, policies, rates } = context;
  const currency = state.profile?.currency ?? ('' as Currency);
  const foreign = otherCurrencies(state, currency, businessDate).filter(
    (other) => rates.rateFor(other, currency, businessDate) === null,
  );
  const exposure = decisionExposure(state, currency, businessDate);
  let debits: readonly OpenDebit[] | undefined;
  return {
    businessDate,
    currency,
    exposure: countedBy(exposure, policies.current),
    limit: limitOn(state.limits, businessDate),
    blocked: isBlocked(state.blocks, businessDate),
    unconverted: foreign,
    openDebits: () => (debits ??= openDebits(state, currency, businessDate)),
    policy: policies.current,
    foreign,
    context,
    next: state.revision + 1,
  };
}

/** The decision on an order at `total`; `after` is the order as it would be if that were let through. */
export function creditDecision(
  standing: AccountStanding,
  order: Order,
  after: Order,
  total: bigint,
  enforcement: Enforcement,
): CreditDecision {
  const { currency, limit, exposure, foreign, context, policy, businessDate } = standing;
  const increase = countedOn(after, businessDate) - countedOn(order, businessDate);
  const { outcome, reasons, rules } = evaluate(
    {
      order: { currency: order.currency, total, increase },
      ...standing,
      unconverted: withOrder(foreign, order.currency, standing),
    },
    policy.policy,
  );
  return {
    outcome,
    reasons,
    rules,
    amount: moneyText(total, order.currency),
    increase: moneyText(increase, order.currency),
    exposureBefore: moneyText(exposure, currency),
    limit: limit.kind === 'set' ? moneyText(limit.minor, currency) : null,
    available: limit.kind === 'set' ? moneyText(limit.minor - exposure, currency) : null,
    policyVersion: policy.version,
    policyHash: policy.hash,
    businessDate: context.businessDate,
    enforcement,
  };
}

/** The order as it is when `total` is let through now by the event of revision `next`. */
export function withReserved(
  order: Order,
  total: OrderTotal,
  from: Place,
  { context, next }: Pick<AccountStanding, 'context' | 'next'>,
): Order {
  const by = { at: context.recordedAt, revision: next };
  return { ...order, reserved: withTotal(order.reserved, reservation(total, from, by)) };
}

/** What the order counts for in a decision: what raises it whatever its day, what lowers it from its day. */
export function countedOn(order: Order, businessDate: LocalDate): bigint {
  const { orders, deliveries } = stagesOn(order, LAST_DATE, businessDate);
  return orders + deliveries;
}

function withOrder(
  foreign: readonly Currency[],
  own: Currency,
  { currency, context }: AccountStanding,
): readonly Currency[] {
  if (own === currency || foreign.includes(own)) return foreign;
  return context.rates.rateFor(own, currency, context.businessDate) === null ? [...foreign, own].sort() : foreign;
}

function countedBy({ categories }: Exposure, { policy }: PolicyVersion): bigint {
  const net = netOf({
    ...categories,
    unappliedCash: policy.netUnappliedCash ? categories.unappliedCash : 0n,
    creditNotes: policy.netCreditNotes ? categories.creditNotes : 0n,
  });
  return net > 0n ? net : 0n;
}

function openDebits(state: AccountState, currency: Currency, day: LocalDate): OpenDebit[] {
  const debits: OpenDebit[] = [];
  for (const invoice of state.invoices.values()) {
    if (invoice.currency !== currency) continue;
    for (const item of invoice.items) {
      const open = openOn(item, day);
      if (open > 0n) debits.push({ open, daysPastDue: daysBetween(item.dueOn, day) });
    }
  }
  return debits;
}
