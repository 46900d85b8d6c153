import { accountDecider, BusinessCalendar, newCommandId } from '@duestream/application';
import { canonicalJson, sha256Hex } from '@duestream/contracts';
import {
  DEFAULT_POLICY,
  initialState,
  NO_EXCHANGE_RATES,
  policyBook,
  type AccountEvent,
  type AccountId,
  type AccountState,
  type CommandOf,
  type Currency,
} from '@duestream/domain';
import { sealCommand, type SealedCommand } from '@duestream/event-store';

import { opening } from '../support/orders';

type Order = CommandOf<'order.placed.v1'>;

/** What a rival keeps of an account between two orders. */
export interface Sums {
  readonly accountId: AccountId;
  readonly exposureMinor: bigint;
  readonly revision: number;
  readonly headHash: string;
}

const EUR = 'EUR' as Currency;
const ACTOR = { id: 'bench', via: 'bench', authenticated: true };
const decider = accountDecider(
  policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy))),
  NO_EXCHANGE_RATES,
);
const calendar = new BusinessCalendar('UTC');

/** The decision that we would take, by our own rules; null when it is not an approval. */
export function approve(order: Order, sums: Pick<Sums, 'exposureMinor' | 'revision'>): readonly AccountEvent[] | null {
  const moment = { ...calendar.moment(null), enforcement: 'enforce' } as const;
  const result = decider.decide(order, stateOf(order.accountId, sums), moment);
  if (result.status !== 'accepted' || result.decision?.outcome !== 'approved') return null;
  return result.events;
}

/** The events as we would store them: identified, attributed, chained. */
export function sealed(order: Order, events: readonly AccountEvent[], { revision, headHash }: Sums): SealedCommand {
  return sealCommand({
    accountId: order.accountId,
    commandId: newCommandId(),
    causation: { source: order.source, id: order.id },
    actor: ACTOR,
    firstRevision: revision + 1,
    previousHash: headHash,
    ...calendar.moment(null),
    events,
  });
}

/** An open account with its limit, as our own events make it, at the exposure given. */
function stateOf(
  accountId: AccountId,
  { exposureMinor, revision }: Pick<Sums, 'exposureMinor' | 'revision'>,
): AccountState {
  const orders = { orders: exposureMinor, deliveries: 0n, receivables: 0n, unappliedCash: 0n, creditNotes: 0n };
  return { ...OPENED, accountId, revision, totals: OPENED.totals.set(EUR, orders) };
}

const OPENED = opened();

function opened(): AccountState {
  const accountId = 'template' as AccountId;
  let state = initialState(accountId);
  for (const { command } of opening(accountId)) {
    const result = decider.decide(command, state, { ...calendar.moment(null), enforcement: 'enforce' });
    if (result.status !== 'accepted') throw new Error('the account could not be opened');
    state = result.state;
  }
  return state;
}
