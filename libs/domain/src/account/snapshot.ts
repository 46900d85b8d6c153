import { PersistentMap } from '../collections/persistent-map';
import type { Cash } from './cash/cash';
import { quoted } from '../text';
import type { DocumentKind } from './documents';
import type { Invoice } from './invoice/invoice';
import type { Order } from './order/order';
import { NOTHING_LOADED, type AccountState } from './state';

/** Names the shape of a serialised state. Change it with every change of the shape: older snapshots are then ignored. */
export const STATE_SCHEMA = 'account-state@2';

/** JSON text: bigints as `{"$n":"…"}`, maps as `{"$m":[[key, value]…]}`; a key of the data that begins with `$` gets a second one. */
export function serialiseState(state: AccountState): string {
  return [...serialisedParts(state)].join('');
}

/**
 * The same text in parts of bounded length, so that whoever writes down a large state can do other things in between:
 * a state never changes, so it may take its time.
 */
export function* serialisedParts(state: AccountState): Iterable<string> {
  const { loaded: _, ...rest } = state;
  let before = '{';
  for (const [name, value] of Object.entries(rest)) {
    const start = `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (value instanceof PersistentMap) yield* partsOfMap(start, value);
    else yield start + textOf(value);
  }
  yield '}';
}

const ENTRIES_PER_PART = 64;

function* partsOfMap(start: string, map: PersistentMap<string, unknown>): Iterable<string> {
  let [part, entries] = [`${start}{"$m":[`, 0];
  for (const entry of map) {
    part += entries === 0 ? textOfEntry(entry) : `,${textOfEntry(entry)}`;
    entries += 1;
    if (entries % ENTRIES_PER_PART > 0) continue;
    yield part;
    part = '';
  }
  yield `${part}]}`;
}

/** The state of a text that `serialiseState` gave, or null when it is none. */
export function parseState(text: string): AccountState | null {
  let state: unknown;
  try {
    state = fromPlain(JSON.parse(text));
  } catch {
    return null;
  }
  if (typeof state !== 'object' || state === null || !('revision' in state) || !('index' in state)) return null;
  const whole = { loaded: NOTHING_LOADED, ...state } as AccountState;
  return MAPS.every((name) => whole[name] instanceof PersistentMap) ? whole : null;
}

const MAPS = ['index', 'orders', 'invoices', 'cash', 'waiting', 'awaited', 'totals', 'held', 'postDated'] as const;

/** The size in memory, for a cache's limit. Roughly: an open order was measured with its entry, the rest is by likeness. */
export function approximateBytes(state: AccountState): number {
  const attributes = state.profile?.fields.attributes;
  const profile = attributes === undefined ? 0 : JSON.stringify(attributes).length * 2;
  const others = state.invoices.size + state.cash.size + state.waiting.size;
  const dated = state.limits.length + state.blocks.length;
  return 800 + profile + state.index.size * 250 + state.orders.size * 720 + others * 1_000 + dated * 150;
}

export type LoadedDocument =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'invoice'; readonly invoice: Invoice }
  | { readonly kind: 'cash'; readonly cash: Cash };

export function encodeDocument(document: LoadedDocument): unknown {
  switch (document.kind) {
    case 'order':
      return toPlain(document.order);
    case 'invoice':
      return toPlain(document.invoice);
    case 'cash':
      return toPlain(document.cash);
    default:
      return document satisfies never;
  }
}

export function decodeDocument(kind: DocumentKind, plain: unknown): LoadedDocument | undefined {
  const document = fromPlain(plain);
  switch (kind) {
    case 'order':
      // Events carry what they reopen in the shape of their day.
      return { kind: 'order', order: Object.assign({ lastRejection: null }, document as Order) };
    case 'invoice':
      return { kind: 'invoice', invoice: document as Invoice };
    case 'payment':
    case 'credit-note':
      return { kind: 'cash', cash: document as Cash };
    default:
      return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `{"$n":"${value}"}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof PersistentMap) return [...partsOfMap('', value as PersistentMap<string, unknown>)].join('');
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(object)) {
    const one = object[key];
    if (one === undefined) continue;
    text += `${text === '' ? '{' : ','}${quoted(escapedKey(key))}:${textOf(one)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function textOfEntry([key, value]: readonly [string, unknown]): string {
  return `[${quoted(key)},${textOf(value)}]`;
}

function escapedKey(key: string): string {
  return key.startsWith('$') ? `$${key}` : key;
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return { $n: value.toString() };
  if (value instanceof PersistentMap)
    return { $m: [...(value as PersistentMap<string, unknown>)].map(([key, one]) => [key, toPlain(one)]) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [escapedKey(key), toPlain(one)]));
}

function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object' || value === null) return value;
  if ('$n' in value && typeof value.$n === 'string') return BigInt(value.$n);
  if ('$m' in value && Array.isArray(value.$m)) {
    const entries = value.$m as [string, unknown][];
    return PersistentMap.of(entries.map(([key, one]): [string, unknown] => [key, fromPlain(one)]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.replace(/^\$\$/, '$$'), fromPlain(one)]));
}
