import { moneyOf } from '../../money/money';
import type { RecordedEvent } from '../events';
import type { AccountState } from '../state';
import type { LimitEntry } from './limit';

export function evolveLimit(state: AccountState, event: RecordedEvent): AccountState {
  if (event.type !== 'limit.set.v1') return state;
  const { amount, validFrom, validTo, contentHash } = event.data;
  const entry: LimitEntry = {
    minor: amount === null ? null : moneyOf(amount).minor,
    validFrom,
    validTo: validTo ?? null,
    revision: event.revision,
    contentHash,
  };
  return { ...state, limits: [...state.limits, entry] };
}
