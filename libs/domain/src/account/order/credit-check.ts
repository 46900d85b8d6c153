import { daysBetween, latest, LAST_DATE, type LocalDate } from '../../time/local-date';
import { moneyText, type MoneyText } from '../../money/money';
import type { CreditDecision } from '../../policy/decision';
import { evaluate } from '../../policy/evaluate';
import type { CreditCase, OpenDebit } from '../../policy/rules/rule';
import type { Currency } from '../../money/currencies';
import type { DecisionContext } from '../context';
import { decisionExposure, netOf, otherCurrencies, type Exposure } from '../exposure';
import { openOn } from '../invoice/invoice';
import { limitOn } from '../limit/limit';
import { isBlocked } from '../profile/block';
import { ZERO_TOTALS, type AccountState } from '../state';
import type { Enforcement } from '../messages';
import { requestedTotal, type Order } from './order';
import { stagesOn } from './stages';

/** The decision on an order at its total as requested, with what the account looks like now. */
export function creditDecision(
  state: AccountState,
  order: Order,
  context: DecisionContext,
  enforcement: Enforcement,
): CreditDecision {
  const { businessDate, policies, rates } = context;
  const { policy, version, hash } = policies.current;
  const currency = state.profile?.currency ?? order.currency;
  const exposure = countedBy(decisionExposure(state, currency, businessDate), policy);
  const limit = limitOn(state.limits, businessDate);
  const increase = increaseBy(order, businessDate);
  const foreign = new Set([
    ...otherCurrencies(state, currency),
    ...(order.currency === currency ? [] : [order.currency]),
  ]);
  const credit: CreditCase = {
    businessDate,
    currency,
    exposure,
    limit,
    blocked: isBlocked(state.blocks, businessDate),
    unconverted: [...foreign].filter((other) => rates.rateFor(other, currency, businessDate) === null).sort(),
    order: { currency: order.currency, total: requestedTotal(order), increase },
    openDebits: () => openDebits(state, currency, businessDate),
  };
  const { outcome, reasons, rules } = evaluate(credit, policy);
  const money = (minor: bigint): MoneyText => moneyText(minor, currency);
  return {
    outcome,
    reasons,
    rules,
    amount: moneyText(requestedTotal(order), order.currency),
    increase: moneyText(increase, order.currency),
    exposureBefore: money(exposure),
    limit: limit.kind === 'set' ? money(limit.minor) : null,
    available: limit.kind === 'set' ? money(limit.minor - exposure) : null,
    policyVersion: version,
    policyHash: hash,
    businessDate,
    enforcement,
  };
}

/** The order as it would be with its requested total reserved. */
export function asAuthorised(order: Order, businessDate: LocalDate): Order {
  const last = order.totals.at(-1);
  if (last === undefined) return order;
  const from = last.authorisedFrom ?? latest(last.on, businessDate);
  return { ...order, totals: [...order.totals.slice(0, -1), { ...last, authorisedFrom: from }] };
}

function increaseBy(order: Order, businessDate: LocalDate): bigint {
  const now = stagesOn(order, LAST_DATE, businessDate);
  const then = stagesOn(asAuthorised(order, businessDate), LAST_DATE, businessDate);
  return then.orders + then.deliveries - now.orders - now.deliveries;
}

function countedBy(
  { categories }: Exposure,
  policy: { readonly netUnappliedCash: boolean; readonly netCreditNotes: boolean },
): bigint {
  const counted = {
    ...ZERO_TOTALS,
    ...categories,
    ...(policy.netUnappliedCash ? {} : { unappliedCash: 0n }),
    ...(policy.netCreditNotes ? {} : { creditNotes: 0n }),
  };
  const net = netOf(counted);
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
