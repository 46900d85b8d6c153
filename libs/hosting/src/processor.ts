import { accountDecider, AccountProcessor, type BusinessCalendar, type ProcessorLimits } from '@duestream/application';
import { canonicalJson, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountState } from '@duestream/domain';
import type { EventStore } from '@duestream/event-store';
import type { Config } from '@duestream/platform';
import type { Surroundings } from './surroundings';

/** The account processor of a process that decides, on the policies in force. */
export function openProcessor(
  { cacheBytes }: Config,
  store: EventStore,
  calendar: BusinessCalendar,
  limits: Partial<ProcessorLimits>,
  { logger, metrics, teardown }: Surroundings,
): AccountProcessor<AccountState> {
  const policies = policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy)));
  const decider = accountDecider(policies, NO_EXCHANGE_RATES);
  const processor = new AccountProcessor({
    store,
    decider,
    calendar,
    limits: { ...(cacheBytes !== undefined && { cacheBytes }), ...limits },
    observer: metrics.observer(logger),
  });
  teardown.add('account processor', () => processor.close());
  return processor;
}
