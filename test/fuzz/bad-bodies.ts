import { type CandidateList, refused, refusedUnread, type Candidate, type Case, type Wire } from './cases';
import { placesOf, type Description, type Operation, type Place } from './description';
import { fieldName, isObject, nested, textWithMember, valueAt, withValueAt, type JsonObject, type Path } from './json';
import type { Random } from './random';
import * as values from './values';
import { validDraft, type Draft } from './world';

const BODY_LIMIT = { batch: 16 * 1_024 * 1_024, command: 2 * 1_024 * 1_024 };

/** Everything that can be wrong with the body of an operation. */
export function addBadBodies(
  list: CandidateList,
  operation: Operation,
  description: Description,
  random: Random,
): void {
  if (operation.body === null) return;
  const places = placesOf(operation, description);
  for (const place of places) addBadValues(list, operation, place);
  const objects: readonly Path[] = [
    [],
    ...places.filter(({ schema }) => isObjectSchema(schema)).map(({ path }) => path),
  ];
  for (const path of objects) addBadMembers(list, operation, path);
  addDeepJson(list, operation, places);
  addBadTexts(list, operation, random);
}

function addBadValues(list: CandidateList, operation: Operation, { path, schema }: Place): void {
  const set = (kind: string, value: unknown): void => list.add(kind, replacing(operation, kind, path, value));
  for (const value of values.WRONG_TYPES) set('wrong type', value);
  list.add('missing field', replacing(operation, 'missing field', path, undefined));
  const { type, format } = schema;
  if (isMoneySchema(schema)) addBadMoney(list, operation, path);
  if (schema['x-currency'] === true) for (const value of values.CURRENCIES) set('unknown currency', value);
  if (format === 'date')
    for (const [kind, dates] of Object.entries(values.DATES)) for (const date of dates) set(kind, date);
  if (format === 'date-time') for (const instant of values.INSTANTS) set('no instant', instant);
  if (type === 'integer')
    for (const number of [0, -1, 1.5, 1_000, 1_001, 2 ** 53, '1', 1e300]) set('no number of an instalment', number);
  if (Array.isArray(schema['enum']) || 'const' in schema) for (const other of OTHERS) set('none of the choices', other);
  const isFree = isTextSchema(schema) && format === undefined && !Array.isArray(schema['enum']);
  if (isFree) for (const [kind, texts] of Object.entries(values.TEXTS)) for (const text of texts) set(kind, text);
  if (type === 'array') addBadLists(list, operation, path);
  if (typeof schema['maxProperties'] === 'number') addWideObjects(list, operation, path, schema['maxProperties']);
}

const OTHERS: readonly unknown[] = [
  'other',
  'VALID',
  'Enforce',
  '',
  'order.placed.v2',
  'order.placed',
  '1.1',
  1,
  '1.0 ',
  ['valid'],
];

function addBadMoney(list: CandidateList, operation: Operation, path: Path): void {
  const kinds = Object.entries(values.AMOUNTS).flatMap(([kind, amounts]) =>
    amounts.map((amount) => [kind, { amount, currency: 'EUR' }] as const),
  );
  const others = [
    ['over-precise amount', { amount: '1.5', currency: 'JPY' }],
    ['over-precise amount', { amount: '1.0', currency: 'JPY' }],
    ['over-precise amount', { amount: '1.2345', currency: 'BHD' }],
    ['other currency', { amount: '1.234', currency: 'BHD' }],
    ['other currency', { amount: '150', currency: 'JPY' }],
  ] as const;
  for (const [kind, money] of [...kinds, ...others]) list.add(kind, replacing(operation, kind, path, money));
}

function addBadLists(list: CandidateList, operation: Operation, path: Path): void {
  for (const length of [0, 1_000, 1_001, 3_000]) {
    list.add('long list', (n) => {
      const draft = validDraft(operation, n);
      const [first] = asList(valueAt(draft.json, path));
      const json = withValueAt(
        draft.json,
        path,
        Array.from({ length }, () => first),
      );
      return { operation, kind: 'long list', what: `${length} times in ${fieldName(path)}`, draft: { ...draft, json } };
    });
  }
  for (const item of [null, 1, 'x', [], {}])
    list.add('wrong type', replacing(operation, 'wrong type', [...path, 0], item));
}

function addWideObjects(list: CandidateList, operation: Operation, path: Path, limit: number): void {
  for (const count of [limit, limit + 1, limit * 20]) {
    const wide = Object.fromEntries(Array.from({ length: count }, (_, n) => [`name ${n}`, 'x']));
    list.add('too many fields', replacing(operation, 'too many fields', path, wide));
  }
  for (const name of ['', ' ', 'x'.repeat(129), 'a\u0000', '\ud800', 'constructor']) {
    list.add('extra field', replacing(operation, 'extra field', [...path, name], 'x'));
  }
}

function addBadMembers(list: CandidateList, operation: Operation, path: Path): void {
  for (const name of [
    'zzz',
    'Amount',
    'amount ',
    'constructor',
    'toString',
    '',
    'a.b',
    'x'.repeat(300),
    'é',
    '0',
    'hasOwnProperty',
  ]) {
    list.add('extra field', replacing(operation, 'extra field', [...path, name], 1));
  }
  const proto = ['"__proto__":{"polluted":true}', '"\\u005f_proto__":1', '"__proto__":null'];
  for (const member of proto) {
    const fields = [fieldName([...path, '__proto__'])];
    list.add('__proto__', withMember(operation, '__proto__', path, member, fields));
  }
  list.add('duplicate keys', (n) => {
    const draft = validDraft(operation, n);
    const names = Object.keys(asObject(valueAt(draft.json, path)));
    const name = names[n % names.length] ?? 'x';
    const twice = names.length === 0 ? `"x":1,"x":1` : `${JSON.stringify(name)}:null`;
    return withMember(operation, 'duplicate keys', path, twice, [fieldName([...path, name])])(n);
  });
}

function withMember(
  operation: Operation,
  kind: string,
  path: Path,
  member: string,
  fields: readonly string[],
): Candidate {
  return (n) => {
    const draft = validDraft(operation, n);
    const text = textWithMember(draft.json, path, member);
    return onWire(operation, kind, `${member} in ${fieldName(path) || 'the body'}`, draft, {
      body: asBody(operation, text),
      verdict: refused(400, ...fields.map((field) => field)),
    });
  };
}

function addDeepJson(list: CandidateList, operation: Operation, places: readonly Place[]): void {
  for (const { path } of places.length === 0 ? [{ path: ['x'] }] : places) {
    for (const levels of [40, 1_000, 100_000]) {
      list.add('deep JSON', (n) => {
        const draft = validDraft(operation, n);
        const text = JSON.stringify(withValueAt(draft.json, path, DEEP)).replace(`"${DEEP}"`, nested(levels));
        return onWire(operation, 'deep JSON', `${levels} levels in ${fieldName(path)}`, draft, {
          body: asBody(operation, text),
          verdict: refused(400, 'body', fieldName(path.slice(0, 1)), fieldName(path)),
        });
      });
    }
  }
}

const DEEP = 'DEEP';

/** Bytes that are no body for this operation, whatever its fields. */
function addBadTexts(list: CandidateList, operation: Operation, random: Random): void {
  const send = (kind: string, what: string, wire: (text: string) => Wire): void =>
    list.add(kind, (n) => {
      const draft = validDraft(operation, n);
      return onWire(operation, kind, what, draft, wire(asBody(operation, JSON.stringify(draft.json))));
    });
  for (const body of values.BROKEN_JSON) {
    send('broken JSON', JSON.stringify(body.toString('latin1')), () => ({ body, verdict: refused(400, 'body') }));
  }
  for (let count = 0; count < 12; count++) {
    const part = random.below(1_000) / 1_000;
    const cut = (text: string): number => 1 + Math.floor(part * (text.length - 1));
    send('broken JSON', `cut at ${part}`, (text) => ({
      body: text.slice(0, cut(text)),
      verdict: refused(400, 'body'),
    }));
    send('truncated body', `closed at ${part}`, () => ({ delivery: 'truncated', verdict: refusedUnread(400) }));
  }
  for (const body of values.NO_OBJECTS) {
    const isBatch = operation.path === '/v1/messages';
    // Lists are what a batch consists of; what stands in them is refused one by one.
    if (!(isBatch && body.startsWith('['))) send('no object', body, () => ({ body, verdict: refused(400, 'body') }));
  }
  for (const type of values.CONTENT_TYPES) {
    const verdict = refused(415, 'Content-Type');
    send('wrong content type', String(type), () => ({ contentType: type ?? null, verdict }));
  }
  if (operation.path !== '/v1/messages') {
    const verdict = refused(415, 'Content-Type');
    send('wrong content type', 'NDJSON', () => ({ contentType: 'application/x-ndjson', verdict }));
  }
  for (const contentType of values.RIGHT_CONTENT_TYPES) {
    send('wrong content type', contentType, () => ({ contentType, verdict: { kind: 'valid' } }));
  }
  const limit = operation.path === '/v1/messages' ? BODY_LIMIT.batch : BODY_LIMIT.command;
  for (const delivery of ['whole', 'chunked'] as const) {
    send('body over the limit', delivery, (text) => ({
      body: text.padEnd(limit + 1),
      delivery,
      verdict: refused(413, 'body'),
    }));
  }
  for (const what of ['in the body', 'in the body, again']) {
    send('slow client', what, () => ({ delivery: 'slow', verdict: refusedUnread(408) }));
  }
}

function replacing(operation: Operation, kind: string, path: Path, value: unknown): Candidate {
  return (n) => {
    const draft = validDraft(operation, n);
    const what = value === undefined ? 'is left out' : `= ${JSON.stringify(value).slice(0, 80)}`;
    return {
      operation,
      kind,
      what: `${fieldName(path)} ${what}`,
      draft: { ...draft, json: withValueAt(draft.json, path, value) },
    };
  };
}

function onWire(operation: Operation, kind: string, what: string, draft: Draft, wire: Wire): Case {
  return { operation, kind, what, draft, wire };
}

/** A message travels in a batch of one. */
export function asBody({ path }: Operation, text: string): string {
  return path === '/v1/messages' ? `[${text}]` : text;
}

function isObjectSchema(schema: JsonObject): boolean {
  const { type } = schema;
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || 'properties' in schema;
}

function isMoneySchema({ properties }: JsonObject): boolean {
  return isObject(properties) && 'amount' in properties && 'currency' in properties;
}

function isTextSchema({ type }: JsonObject): boolean {
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [{}];
}
