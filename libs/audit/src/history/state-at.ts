import {
  decimalOf,
  decisionExposure,
  documentRef,
  evolve,
  initialState,
  moneyText,
  type AccountId,
  type AccountState,
  type Currency,
  type Instant,
} from '@duestream/domain';
import { accountStreamId, openEvent } from '@duestream/event-store';
import type { StreamReads } from './read-history';

/** Where to stop: after a revision, or before the first event that was not known yet at an instant. */
export type Until = { readonly revision: number } | { readonly knownAt: Instant } | 'now';

/** What an account's events up to a point give. */
export type StateView = Readonly<Record<string, unknown>>;

const PAGE_SIZE = 1_000;

/** Replays the account from its first event; no snapshot and no projection is trusted. Null: no event up to there. */
export async function stateAt(store: StreamReads, accountId: AccountId, until: Until): Promise<StateView | null> {
  const state = await replay(store, accountId, until);
  const isMissing = until !== 'now' && 'revision' in until && state.revision < until.revision;
  return state.revision < 0 || isMissing ? null : stateView(state);
}

async function replay(store: StreamReads, accountId: AccountId, until: Until): Promise<AccountState> {
  let state = initialState(accountId);
  for (;;) {
    const page = await store.readStream(accountStreamId(accountId), {
      fromRevision: state.revision + 1,
      limit: PAGE_SIZE,
    });
    for (const stored of page) {
      const { recorded } = openEvent(stored);
      if (until !== 'now' && 'revision' in until && recorded.revision > until.revision) return state;
      if (until !== 'now' && 'knownAt' in until && recorded.recordedAt > until.knownAt) return state;
      state = evolve(state, recorded);
    }
    if (page.length < PAGE_SIZE) return state;
  }
}

/** Open documents are shown whole; a closed one stays in the history only. */
function stateView(state: AccountState): StateView {
  const { profile } = state;
  return {
    accountId: state.accountId,
    revision: state.revision,
    recordedAt: state.lastRecordedAt,
    businessDate: state.businessDate,
    profile: profile === null ? null : { ...profile.fields, currency: profile.currency },
    blocks: plain(state.blocks, null),
    limits: plain(state.limits, profile?.currency ?? null),
    exposure: profile === null ? null : exposureView(state, profile.currency),
    totals: Object.fromEntries([...state.totals].map(([currency, totals]) => [currency, plain(totals, currency)])),
    orders: [...state.orders].map(([, order]) => plain(order, order.currency)),
    invoices: [...state.invoices].map(([, invoice]) => plain(invoice, invoice.currency)),
    cash: [...state.cash].map(([, cash]) => plain(cash, cash.currency)),
    held: [...state.held].map(([key]) => documentRef(key)),
    waiting: [...state.waiting].map(([, waiting]) => plain(waiting, null)),
    documents: state.index.size,
  };
}

function exposureView(state: AccountState, currency: Currency): StateView {
  const { total, categories } = decisionExposure(state, currency, state.businessDate);
  return { ...moneyText(total, currency), categories: plain(categories, currency) };
}

/** Minor units as decimal strings of their currency, under `amount` where they stand alone; document keys taken apart. */
function plain(value: unknown, currency: Currency | null): unknown {
  if (typeof value === 'bigint') return currency === null ? value.toString() : decimalOf(value, currency);
  if (typeof value === 'string')
    return value.includes('\u0000') ? documentRef(value as Parameters<typeof documentRef>[0]) : value;
  if (Array.isArray(value)) return value.map((part: unknown) => plain(part, currency));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [
    name === 'minor' ? 'amount' : name,
    plain(part, currency),
  ]);
  return Object.fromEntries(entries);
}
