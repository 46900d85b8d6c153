import type { AccountView, AgingItem, AtRiskItem, HoldItem, OpenItemView, WaitingItem } from '@duestream/contracts';
import type { Cell, Columns } from './edge/lists';

/** The tables of CSV answers, one column per figure. */
export const ACCOUNT_COLUMNS: Columns<AccountView> = {
  accountId: (item) => item.accountId,
  name: (item) => item.name,
  currency: (item) => item.currency,
  country: (item) => item.country,
  segment: (item) => item.segment,
  riskClass: (item) => item.riskClass,
  parentId: (item) => item.parentId,
  terms: (item) => item.terms,
  attributes: (item) => JSON.stringify(item.attributes),
  blocked: (item) => item.blocked,
  limit: (item) => item.limit?.amount?.amount ?? null,
  limitCurrency: (item) => item.limit?.amount?.currency ?? null,
  limitFrom: (item) => item.limit?.validFrom ?? null,
  limitTo: (item) => item.limit?.validTo ?? null,
  accountRevision: (item) => item.accountRevision,
};

export const OPEN_ITEM_COLUMNS: Columns<OpenItemView> = {
  accountId: (item) => item.accountId,
  kind: (item) => item.kind,
  company: (item) => item.company,
  number: (item) => item.number,
  item: (item) => item.item,
  currency: (item) => item.currency,
  original: (item) => item.original,
  open: (item) => item.open,
  issuedOn: (item) => item.issuedOn,
  dueOn: (item) => item.dueOn,
  daysPastDue: (item) => item.daysPastDue,
  bucketFrom: (item) => item.bucket.from,
  bucketTo: (item) => item.bucket.to,
  disputed: (item) => item.disputed,
};

export const AT_RISK_COLUMNS: Columns<AtRiskItem> = {
  accountId: (item) => item.accountId,
  name: (item) => item.name,
  tier: (item) => item.tier,
  score: (item) => item.score,
  since: (item) => item.since,
  reasons: (item) => item.reasons.map(({ message }) => message).join('; '),
};

export const HOLD_COLUMNS: Columns<HoldItem> = {
  accountId: (item) => item.accountId,
  company: (item) => item.company,
  orderId: (item) => item.orderId,
  orderDate: (item) => item.orderDate,
  amount: (item) => item.amount.amount,
  currency: (item) => item.amount.currency,
  heldAt: (item) => item.heldAt,
  reasons: (item) => item.decision?.reasons.map(({ message }) => message).join('; ') ?? null,
};

export const WAITING_COLUMNS: Columns<WaitingItem> = {
  accountId: (item) => item.accountId,
  messageType: (item) => item.messageType,
  messageSource: (item) => item.messageSource,
  messageId: (item) => item.messageId,
  documentKind: (item) => item.document?.kind ?? null,
  documentCompany: (item) => item.document?.company ?? null,
  documentNumber: (item) => item.document?.number ?? null,
  waitingForKind: (item) => item.waitingFor.kind,
  waitingForCompany: (item) => item.waitingFor.company,
  waitingForNumber: (item) => item.waitingFor.number,
  since: (item) => item.since,
};

/** Days past due that end a bucket; the last one is open. */
export function agingColumns(borders: readonly number[]): Columns<AgingItem> {
  const columns: Record<string, (item: AgingItem) => Cell> = {
    key: (item) => item.key,
    currency: (item) => item.currency,
  };
  for (const [index, name] of bucketNames(borders).entries()) {
    columns[name] = (item) => item.buckets[index]?.amount ?? null;
    columns[`${name} count`] = (item) => item.buckets[index]?.count ?? null;
  }
  columns['total'] = (item) => item.total;
  columns['overdue'] = (item) => item.overdue;
  columns['disputed'] = (item) => item.disputed;
  columns['openItems'] = (item) => item.openItems;
  return columns;
}

function bucketNames(borders: readonly number[]): readonly string[] {
  const closed = borders.map((border, index) => `${(borders[index - 1] ?? 0) + 1}-${border}`);
  return ['not due', ...closed, `${(borders.at(-1) ?? 0) + 1}+`];
}
