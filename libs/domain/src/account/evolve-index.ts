import { documentKey } from './documents';
import type { RecordedEvent } from './events';
import { indexedBy } from './keys';
import type { AccountState, IndexEntry } from './state';

/** Enters new documents and notes the last event of each one touched. */
export function evolveIndex(state: AccountState, event: RecordedEvent): AccountState {
  let index = state.index;
  const own = indexedBy(event);
  if (own !== null) {
    const known = index.get(own.key);
    const entry: IndexEntry = { ...own.entry, first: known?.first ?? event.revision, last: event.revision };
    // Parts of one application, and a message that had waited, keep the place of their first event.
    index = index.set(own.key, known === undefined ? entry : { ...known, ...entry });
  }
  for (const { document } of event.data.touched ?? []) {
    const key = documentKey(document.kind, document.company, document.number);
    const entry = index.get(key);
    if (entry !== undefined && entry.last !== event.revision)
      index = index.set(key, { ...entry, last: event.revision });
  }
  if ('decision' in event.data) {
    const key = documentKey('order', event.data.company, event.data.orderId);
    const entry = index.get(key);
    if (entry !== undefined && entry.decided === undefined)
      index = index.set(key, { ...entry, decided: event.revision });
  }
  return index === state.index ? state : { ...state, index };
}
