import type { Currency } from '../../money/currencies';
import type { RecordedEvent } from '../events';
import type { AccountFields } from '../messages';
import type { AccountState, Profile } from '../state';

export function evolveProfile(state: AccountState, event: RecordedEvent): AccountState {
  switch (event.type) {
    case 'account.opened.v1':
    case 'account.changed.v1':
      return { ...state, profile: changed(state.profile, fieldsOf(event.data)) };
    case 'account.blocked.v1':
      return withBlock(state, event, true, event.data.blockedOn);
    case 'account.unblocked.v1':
      return withBlock(state, event, false, event.data.unblockedOn);
    case 'order.placed.v1':
    case 'invoice.issued.v1':
    case 'credit-note.issued.v1':
    case 'payment.received.v1':
      return state.profile === null || state.profile.currencyFixed
        ? state
        : { ...state, profile: { ...state.profile, currencyFixed: true } };
    default:
      return state;
  }
}

export function fieldsOf(data: AccountFields): AccountFields {
  const fields: Record<string, unknown> = {};
  for (const name of ACCOUNT_FIELDS) if (data[name] !== undefined) fields[name] = data[name];
  return fields;
}

export const ACCOUNT_FIELDS = [
  'name',
  'currency',
  'country',
  'segment',
  'riskClass',
  'parentId',
  'terms',
  'attributes',
] as const satisfies readonly (keyof AccountFields)[];

function changed(profile: Profile | null, fields: AccountFields): Profile {
  const all: AccountFields = Object.assign({}, profile?.fields, fields);
  return {
    fields: all,
    currency: (all.currency ?? '') as Currency,
    currencyFixed: profile?.currencyFixed ?? false,
  };
}

function withBlock(
  state: AccountState,
  event: RecordedEvent,
  blocked: boolean,
  on: RecordedEvent['effectiveAt'],
): AccountState {
  const block = { blocked, on, at: event.recordedAt, revision: event.revision };
  return { ...state, blocks: [...state.blocks, block] };
}
