import { documentKey, kindOf, type DocumentKey } from './documents';
import type { RecordedEvent } from './events';
import { indexedBy, messageKey } from './keys';
import type { AccountState, IndexEntry } from './state';

/** Enters new documents and notes the last event of each one touched. */
export function evolveIndex(state: AccountState, event: RecordedEvent): AccountState {
  let index = state.index;
  const own = indexedBy(event);
  if (own !== null) {
    const known = index.get(own.key);
    const entry: IndexEntry = { first: known?.first ?? event.revision, last: event.revision, ...own.entry };
    // Parts of one application, and a message that had waited, keep the place of their first event.
    index = index.set(own.key, known === undefined || known.lapsed === true ? entry : Object.assign({}, known, entry));
  }
  if (event.type === 'account.opened.v1') {
    // `account.put` is known by its own key, whether it opened or changed.
    const entry = { hash: event.data.contentHash, first: event.revision, last: event.revision };
    index = index.set(messageKey(event.cause), entry);
  }
  if (event.type === 'message.lapsed.v1' && event.data.line === undefined) {
    const { kind, company, number } = event.data.document;
    index = marked(index, documentKey(kind, company, number));
  }
  for (const { document } of event.data.touched ?? []) {
    const key = documentKey(document.kind, document.company, document.number);
    const entry = index.get(key);
    if (entry !== undefined && entry.last !== event.revision)
      index = index.set(key, { ...entry, last: event.revision });
  }
  if ('decision' in event.data) {
    const order = documentKey('order', event.data.company, event.data.orderId);
    for (const key of [order, messageKey(event.cause)]) {
      const entry = index.get(key);
      if (entry === undefined || entry.decided !== undefined) continue;
      if (key === order || event.data.trigger === 'changed') {
        index = index.set(key, { decided: event.revision, ...entry });
      }
    }
  }
  return index === state.index ? state : { ...state, index };
}

/** A message that lapsed; a lapsed link leaves its document as it is. */
function marked(index: AccountState['index'], key: DocumentKey): AccountState['index'] {
  const entry = index.get(key);
  const isLink = LINKED.has(kindOf(key));
  return entry === undefined || isLink ? index : index.set(key, { lapsed: true, ...entry });
}

/** Documents that are recorded at once; only their links wait. */
const LINKED: ReadonlySet<string> = new Set(['invoice', 'credit-note', 'payment']);
