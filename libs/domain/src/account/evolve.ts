import { evolveCash } from './cash/evolve-cash';
import type { RecordedEvent } from './events';
import { evolveIndex } from './evolve-index';
import { evolveInvoice } from './invoice/evolve-invoice';
import { evolveLimit } from './limit/evolve-limit';
import { evolveOrder } from './order/evolve-order';
import { evolveProfile } from './profile/evolve-profile';
import { reopenDocuments } from './reopen';
import { settle } from './settle';
import type { AccountState } from './state';
import { evolveTotals } from './totals';
import { evolveWaiting } from './waiting/evolve-waiting';

/** The state after an event. Total: an event that was once recorded never fails to be read. */
export function evolve(state: AccountState, event: RecordedEvent): AccountState {
  return settle(evolveDocuments(state, event), event);
}

/** `evolve` without putting closed documents away: what a document's own events give when read alone. */
export function evolveDocuments(state: AccountState, event: RecordedEvent): AccountState {
  let next = reopenDocuments(state, event);
  next = evolveIndex(next, event);
  next = evolveProfile(next, event);
  next = evolveLimit(next, event);
  next = evolveOrder(next, event);
  next = evolveInvoice(next, event);
  next = evolveCash(next, event);
  next = evolveWaiting(next, event);
  return {
    ...evolveTotals(next, event),
    revision: event.revision,
    lastRecordedAt: event.recordedAt,
    businessDate: event.businessDate > state.businessDate ? event.businessDate : state.businessDate,
  };
}
