import { canonicalJson, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountId, type AccountState } from '@duestream/domain';
import { accountDecider, AccountProcessor, BusinessCalendar, type CommandRequest } from '@duestream/application';
import { PostgresEventStore } from '@duestream/event-store';
import { opening } from '../support/orders';

/** Account processor and event store as a server wires them, without HTTP and read models. */
export interface Engine {
  /** True when the order was approved, which means: durable. */
  decide(order: CommandRequest): Promise<boolean>;
  open(accounts: readonly AccountId[]): Promise<void>;
  readonly store: PostgresEventStore;
  readonly processor: AccountProcessor<AccountState>;
  close(): Promise<void>;
}

export async function openEngine(connectionString: string): Promise<Engine> {
  const store = await PostgresEventStore.open({ connectionString });
  const processor = new AccountProcessor<AccountState>({
    store,
    decider: accountDecider(
      policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy))),
      NO_EXCHANGE_RATES,
    ),
    calendar: new BusinessCalendar('UTC'),
  });
  return {
    store,
    processor,
    decide: async (order) => {
      const answer = await processor.submit(order);
      return answer.status === 'accepted' && answer.decision?.outcome === 'approved';
    },
    open: (accounts) => openAll(processor, accounts),
    close: async () => {
      await processor.close();
      await store.close();
    },
  };
}

async function openAll(processor: AccountProcessor<AccountState>, accounts: readonly AccountId[]): Promise<void> {
  for (let from = 0; from < accounts.length; from += 1_000) {
    await Promise.all(processor.submitAll(accounts.slice(from, from + 1_000).flatMap(opening)));
  }
}
