import { type CandidateList, refused, refusedUnread, type Candidate, type Verdict } from './cases';
import type { Operation, Parameter } from './description';
import { wellFormed } from './json';
import * as values from './values';
import { validDraft, type Draft } from './world';

/** Everything that can be wrong with path, query and headers of an operation. */
export function addBadAddresses(list: CandidateList, operation: Operation): void {
  // What a message says stands in its body; the door itself is fuzzed once.
  if (operation.messageType !== null) return;
  const has = (place: Parameter['in']): readonly Parameter[] => operation.parameters.filter((one) => one.in === place);
  for (const parameter of has('path')) addBadPath(list, operation, parameter);
  for (const parameter of has('query')) addBadQuery(list, operation, parameter);
  addUnknownQuery(list, operation);
  for (const parameter of has('header')) addBadHeader(list, operation, parameter);
  addOddRequests(list, operation);
}

function addBadPath(list: CandidateList, operation: Operation, { name }: Parameter): void {
  for (const [kind, texts] of Object.entries(values.TEXTS)) {
    for (const text of texts) {
      list.add(
        kind,
        changed(operation, kind, `${name} = ${text.slice(0, 40)}`, (draft) => {
          const value = wellFormed(text);
          const json = withoutContradiction(draft, name);
          return { ...draft, json, path: { ...draft.path, [name]: value } };
        }),
      );
    }
  }
  for (const [raw, verdict] of BAD_ENCODINGS) {
    list.add('address', (n) => {
      const draft = validDraft(operation, n);
      const target = operation.path
        .replace(`{${name}}`, raw)
        .replace(/\{(\w+)\}/g, (_, other: string) => encodeURIComponent(draft.path[other] ?? 'x'));
      return {
        operation,
        kind: 'address',
        what: `${name} is ${raw.slice(0, 40)} in it`,
        draft,
        wire: { target, verdict },
      };
    });
  }
}

/** Not what an id becomes by percent-encoding. */
const BAD_ENCODINGS: readonly (readonly [raw: string, verdict: Verdict])[] = [
  ...['%', '%zz', '%C0%AF', '%E0%A4%A', '%ff', '%u0041', 'a%', '%ED%A0%80'].map(
    (raw) => [raw, refused(400, 'address')] as const,
  ),
  [`${'x'.repeat(4_000)}`, refused(414, 'address')],
  [`${'x'.repeat(20_000)}`, refusedUnread(431)],
  ['a b', refusedUnread(400)],
  ['a\u0000b', refusedUnread(400)],
];

/** The body repeats ids of the address; here it does not. */
function withoutContradiction({ json }: Draft, name: string): unknown {
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).filter(([member]) => member !== name));
}

function addBadQuery(list: CandidateList, operation: Operation, { name, schema }: Parameter): void {
  const texts = new Map<string, readonly string[]>(Object.entries(values.TEXTS));
  if (schema['format'] === 'date')
    for (const [kind, dates] of Object.entries(values.DATES)) texts.set(kind, dates.map(String));
  if (schema['format'] === 'date-time') texts.set('no instant', values.INSTANTS);
  if (schema['type'] === 'integer') texts.set('no whole number', values.WHOLE_NUMBERS);
  if (schema['x-currency'] === true) texts.set('unknown currency', values.CURRENCIES.map(String));
  if (name === 'buckets') texts.set('no buckets', values.BUCKETS);
  if (name === 'cursor') texts.set('forged cursor', values.TOKENS);
  const choices: readonly unknown[] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  texts.set('query parameter', [...choices.map(String), '', ' ', 'other', 'null', '[]', 'TRUE', '0', 'a,b']);
  for (const [kind, ofKind] of texts) {
    for (const text of ofKind) {
      list.add(
        kind,
        changed(operation, kind, `?${name}=${text.slice(0, 40)}`, (draft) => ({
          ...draft,
          query: [...draft.query.filter(([known]) => known !== name), [name, wellFormed(text)]],
        })),
      );
    }
  }
  list.add(
    'query parameter',
    changed(operation, 'query parameter', `?${name} twice`, (draft) => {
      return { ...draft, query: [...draft.query, [name, 'x'], [name, 'x']] };
    }),
  );
}

function addUnknownQuery(list: CandidateList, operation: Operation): void {
  const names = [
    'zzz',
    'asof',
    'LIMIT',
    'cursor[]',
    'limit[gt]',
    '__proto__',
    'constructor',
    'toString',
    '',
    'é',
    'x'.repeat(300),
    'a.b',
    'accountid',
  ];
  for (const name of names) {
    for (const value of ['1', '', 'x'.repeat(500), '\u0000', '😀']) {
      list.add(
        'unknown query parameter',
        changed(operation, 'unknown query parameter', `?${name.slice(0, 40)}`, (draft) => {
          return { ...draft, query: [...draft.query, [name, value]] };
        }),
      );
    }
  }
}

function addBadHeader(list: CandidateList, operation: Operation, { name }: Parameter): void {
  const texts: readonly string[] =
    name === 'If-Match'
      ? values.IF_MATCHES
      : name === 'Duestream-Min-Position'
        ? values.TOKENS
        : Object.values(values.TEXTS).flat();
  for (const text of texts) {
    const sent = wellFormed(text);
    const what = `${name}: ${sent.slice(0, 40)}`;
    if (isUnsendable(sent)) {
      list.add('header', (n) => {
        const draft = withHeader(validDraft(operation, n), name, sent);
        return { operation, kind: 'header', what, draft, wire: { verdict: refusedUnread(400) } };
      });
    } else if (!isBrokenLine(sent)) {
      list.add(
        'header',
        changed(operation, 'header', what, (draft) => withHeader(draft, name, sent)),
      );
    }
  }
}

/** HTTP itself forbids these in a header; a line break would begin another header, which is another case. */
function isUnsendable(text: string): boolean {
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) && !isBrokenLine(text);
}

function isBrokenLine(text: string): boolean {
  return /[\r\n]/.test(text);
}

function withHeader(draft: Draft, name: string, value: string): Draft {
  return { ...draft, headers: [...draft.headers, [name, value]] };
}

/** Headers that every route gets, whether it has a use for them or not. */
function addOddRequests(list: CandidateList, operation: Operation): void {
  for (const accept of values.ACCEPTS) {
    list.add(
      'header',
      changed(operation, 'header', `Accept: ${accept.slice(0, 40)}`, (draft) => withHeader(draft, 'Accept', accept)),
    );
  }
  for (const [name, value] of ODD_HEADERS) {
    list.add(
      'header',
      changed(operation, 'header', `${name}: ${value.slice(0, 40)}`, (draft) => withHeader(draft, name, value)),
    );
  }
  for (const coding of ['gzip', 'deflate', 'br', 'x']) {
    if (operation.body === null) continue;
    list.add('wrong content type', (n) => {
      const draft = withHeader(validDraft(operation, n), 'Content-Encoding', coding);
      const wire = { verdict: refused(415, 'Content-Encoding') };
      return { operation, kind: 'wrong content type', what: `Content-Encoding: ${coding}`, draft, wire };
    });
  }
  for (const count of [20, 40]) {
    list.add('header', (n) => {
      const draft = validDraft(operation, n);
      const headers = Array.from({ length: count }, (_, at) => [`X-${at}`, 'x'.repeat(1_000)] as const);
      return {
        operation,
        kind: 'header',
        what: `${count} kB of headers`,
        draft: { ...draft, headers },
        wire: { verdict: refusedUnread(431) },
      };
    });
  }
  list.add('slow client', (n) => {
    const wire = { delivery: 'slow', verdict: refusedUnread(408) } as const;
    return { operation, kind: 'slow client', what: 'in the headers', draft: validDraft(operation, n), wire };
  });
}

const ODD_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['X-Forwarded-For', '10.0.0.1, 😀'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['Cookie', 'a=b; __proto__=x'],
  ['Range', 'bytes=0-1'],
  ['If-None-Match', '"x"'],
  ['If-Modified-Since', 'never'],
  ['Accept-Encoding', 'x'.repeat(3_000)],
  ['Authorization', `Basic ${'x'.repeat(2_000)}`],
  ['Forwarded', 'for="[::1]:0"'],
  ['Origin', 'null'],
  ['traceparent', '00-0-0-00'],
];

function changed(operation: Operation, kind: string, what: string, change: (draft: Draft) => Draft): Candidate {
  return (n) => ({ operation, kind, what, draft: change(validDraft(operation, n)) });
}
