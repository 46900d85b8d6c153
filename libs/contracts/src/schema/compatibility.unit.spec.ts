import { breakingChanges, brokenPromises } from './compatibility';
import type { JsonSchema } from './builder';
import { schemaFiles } from './files';

const id = { type: 'string', maxLength: 128 };
const before = {
  type: 'object',
  required: ['orderId', 'outcome'],
  properties: { orderId: id, note: { type: 'string' }, outcome: { enum: ['valid', 'invalid'] } },
};

describe('breakingChanges', () => {
  it('finds none in the same schema', () => {
    expect(breakingChanges(before, before, 'inbound')).toEqual([]);
    expect(breakingChanges(before, before, 'outbound')).toEqual([]);
  });

  it('lets both directions gain an optional member', () => {
    const after = { ...before, properties: { ...before.properties, extra: id } };
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
    expect(breakingChanges(before, after, 'outbound')).toEqual([]);
  });

  it('refuses a member that is taken away', () => {
    const after = { ...before, properties: { orderId: id, outcome: before.properties.outcome } };
    expect(breakingChanges(before, after, 'inbound')).toEqual(['.note: taken away']);
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.note: taken away']);
  });

  it('refuses what is newly required of senders, and lets it be promised to readers', () => {
    const after = { ...before, required: ['orderId', 'outcome', 'note'] };
    expect(breakingChanges(before, after, 'inbound')).toEqual(['.note: newly required']);
    expect(breakingChanges(before, after, 'outbound')).toEqual([]);
  });

  it('refuses what readers can no longer count on, and lets senders leave it out', () => {
    const after = { ...before, required: ['orderId'] };
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.outcome: no longer certain']);
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
  });

  it('refuses another bound or type', () => {
    const after = { ...before, properties: { ...before.properties, orderId: { type: 'string', maxLength: 64 } } };
    expect(breakingChanges(before, after, 'inbound')).toHaveLength(1);
  });

  it('refuses a value that readers do not know, and lets senders use one more', () => {
    const after = {
      ...before,
      properties: { ...before.properties, outcome: { enum: ['valid', 'invalid', 'withdrawn'] } },
    };
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.outcome: withdrawn is a new value']);
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
  });

  it('refuses senders a choice of values where every value was taken, and lets it be promised to readers', () => {
    const after = { ...before, properties: { ...before.properties, note: { type: 'string', enum: ['short'] } } };
    expect(breakingChanges(before, after, 'inbound')).toEqual(['.note: only certain values are taken']);
    expect(breakingChanges(before, after, 'outbound')).toEqual([]);
  });

  it('lets senders use any value where they had a choice, and refuses that for readers', () => {
    const after = { ...before, properties: { ...before.properties, outcome: {} } };
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
    expect(breakingChanges(before, after, 'outbound')).toHaveLength(2);
  });

  const text = { type: 'string', maxLength: 10 };
  it.each([
    ['items', text, { type: 'number' }],
    ['additionalProperties', text, { type: 'string', maxLength: 5 }],
    ['propertyNames', text, { type: 'string', maxLength: 5 }],
  ])('looks into %s', (keyword, was, becomes) => {
    const [open, narrow] = [{ [keyword]: was }, { [keyword]: becomes }];
    expect(breakingChanges(open, narrow, 'inbound')).toHaveLength(1);
    expect(breakingChanges(open, narrow, 'outbound')).toHaveLength(1);
  });

  it.each(['items', 'additionalProperties', 'propertyNames'])('tells narrower from wider %s', (keyword) => {
    const [any, some] = [{}, { [keyword]: text }];
    expect(breakingChanges(any, some, 'inbound')).toEqual([`.${keyword}: narrower`]);
    expect(breakingChanges(some, any, 'inbound')).toEqual([]);
    expect(breakingChanges(some, any, 'outbound')).toEqual([`.${keyword}: wider`]);
    expect(breakingChanges(any, some, 'outbound')).toEqual([]);
  });

  it('refuses senders the further members that they could send', () => {
    expect(breakingChanges({}, { additionalProperties: false }, 'inbound')).toEqual([
      '.additionalProperties: narrower',
    ]);
  });

  it.each(['uniqueItems', 'multipleOf', 'x-nfc', 'if', 'not'])(
    'takes nothing that it does not know for harmless: %s',
    (keyword) => {
      expect(breakingChanges({}, { [keyword]: true }, 'inbound')).toHaveLength(1);
      expect(breakingChanges({ [keyword]: true }, {}, 'outbound')).toHaveLength(1);
    },
  );

  it('lets everything be described in other words and another order', () => {
    const [said, anew] = [
      { title: 'a', description: 'b', type: 'string', format: 'date' },
      { format: 'date', type: 'string', description: 'c' },
    ];
    expect(breakingChanges(said, anew, 'inbound')).toEqual([]);
  });
});

describe('brokenPromises', () => {
  const released = schemaFiles();
  const ANSWER = 'outbound/duestream.message.answered.v1.json';
  const WATERMARK = 'outbound/duestream.feed.watermark.v1.json';
  const NEXT_ANSWER = 'outbound/duestream.message.answered.v2.json';

  it('finds none where nothing changed', () => {
    expect(brokenPromises(released, schemaFiles())).toEqual([]);
  });

  it.each([
    [ANSWER, without('problem'), '.problem: taken away'],
    [ANSWER, notCertain('status'), '.status: no longer certain'],
    [ANSWER, withValue('status', 'parked'), '.status: parked is a new value'],
    ['answer-envelope.json', without('causationid'), '.causationid: taken away'],
    [WATERMARK, notCertain('partition'), '.partition: no longer certain'],
    ['watermark-envelope.json', without('position'), '.position: taken away'],
    ['dead-letter-headers.json', notCertain('duestream-reason'), '.duestream-reason: no longer certain'],
    ['inbound/order.placed.v1.json', without('shipBy'), '.shipBy: taken away'],
    [
      'inbound-envelope.json',
      (schema: JsonSchema) => ({ ...schema, additionalProperties: false }),
      '.additionalProperties: narrower',
    ],
  ])('refuses that %s changes so that it breaks: case %#', (file, change, expected) => {
    expect(brokenPromises(released, changed(file, change))).toContain(`${file}${expected}`);
  });

  it('refuses that a version vanishes', () => {
    const current = new Map([...released].filter(([file]) => file !== ANSWER));
    expect(brokenPromises(released, current)).toEqual([`${ANSWER}: taken away`]);
  });

  it('lets the same change be made in a version beside the one that stays', () => {
    const next = without('problem')(released.get(ANSWER) ?? {});
    const withType = withValue('type', 'duestream.order.placed.v2')(released.get('outbound-envelope.json') ?? {});
    const current = new Map([...released, [NEXT_ANSWER, next], ['outbound-envelope.json', withType] as const]);
    expect(brokenPromises(released, current)).toEqual([]);
  });

  function changed(file: string, change: (schema: JsonSchema) => JsonSchema): ReadonlyMap<string, JsonSchema> {
    return new Map([...released].map(([name, schema]) => [name, name === file ? change(schema) : schema]));
  }
});

type Change = (schema: JsonSchema) => JsonSchema;

function without(name: string): Change {
  return (schema) => {
    const { [name]: _gone, ...properties } = membersOf(schema);
    return { ...notCertain(name)(schema), properties };
  };
}

function notCertain(name: string): Change {
  return (schema) => ({ ...schema, required: listOf(schema['required']).filter((one) => one !== name) });
}

function withValue(name: string, value: string): Change {
  return (schema) => {
    const members = membersOf(schema);
    const member = members[name] ?? {};
    return { ...schema, properties: { ...members, [name]: { ...member, enum: [...listOf(member['enum']), value] } } };
  };
}

function membersOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return schema['properties'] as Readonly<Record<string, JsonSchema>>;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
