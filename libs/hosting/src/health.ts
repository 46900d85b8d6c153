import type { AccountProcessor } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import type { Relay } from '@duestream/event-feed';
import type { EmbeddedPostgres } from '@duestream/platform';

export interface HealthAnswer {
  readonly ready: boolean;
  /** Why not; or, while ready, what an operator should look at. */
  readonly reason?: string;
}

/** What a process depends on, by name. */
export type HealthChecks = Readonly<Record<string, () => Promise<HealthAnswer>>>;

export async function embeddedHealth(embedded: EmbeddedPostgres): Promise<HealthAnswer> {
  const state = embedded.state();
  if (state.status === 'ready') return { ready: true };
  return { ready: false, reason: state.status === 'down' ? state.reason : `PostgreSQL is ${state.status}` };
}

export async function processorHealth(processor: AccountProcessor<AccountState>): Promise<HealthAnswer> {
  return processor.isClosing ? { ready: false, reason: 'it is closing' } : { ready: true };
}

/** One that stands by is as ready as one can be; one that can do neither is not. */
export async function relayHealth(relay: Pick<Relay, 'state' | 'trouble'>): Promise<HealthAnswer> {
  if (relay.state === 'stopped') return { ready: false, reason: 'it is closing' };
  if (relay.trouble !== null) return { ready: false, reason: relay.trouble };
  return relay.state === 'active'
    ? { ready: true }
    : { ready: true, reason: 'it stands by for the one with the lease' };
}
