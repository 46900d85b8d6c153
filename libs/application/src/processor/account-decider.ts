import {
  approximateBytes,
  decide,
  evolve,
  initialState,
  needs,
  parseState,
  serialisedParts,
  STATE_SCHEMA,
  withLoaded,
  type AccountState,
  type ExchangeRates,
  type PolicyBook,
} from '@duestream/domain';
import type { AccountDecider } from './decider';

/** The domain, with the policies and exchange rates that are in force here. */
export function accountDecider(policies: PolicyBook, rates: ExchangeRates): AccountDecider<AccountState> {
  return {
    schema: STATE_SCHEMA,
    initialState,
    needs,
    withLoaded,
    decide: (command, state, moment) => decide(command, state, { policies, rates, ...moment }),
    evolve,
    serialise: serialisedParts,
    parse: parseState,
    approximateBytes,
  };
}
