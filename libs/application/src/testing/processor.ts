import { canonicalJson, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountState } from '@duestream/domain';
import { BusinessCalendar, type Clock } from '../business-date';
import { accountDecider } from '../processor/account-decider';
import { AccountProcessor } from '../processor/account-processor';
import type { ProcessorLimits } from '../processor/limits';
import type { ProcessorObserver } from '../processor/observer';
import type { ProcessorStore } from '../processor/patient-reads';

export interface TestProcessorOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<ProcessorLimits>;
  readonly observer?: ProcessorObserver;
}

export type TestProcessor = AccountProcessor<AccountState>;

export function testProcessor(
  store: ProcessorStore,
  { clock = Date.now, ...options }: TestProcessorOptions = {},
): TestProcessor {
  const decider = accountDecider(
    policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy))),
    NO_EXCHANGE_RATES,
  );
  return new AccountProcessor({ store, decider, calendar: new BusinessCalendar('UTC', clock), ...options });
}
