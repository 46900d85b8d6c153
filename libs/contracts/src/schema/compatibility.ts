import type { JsonSchema } from './builder';

export type Direction = 'inbound' | 'outbound';

/** Schemas by the names of their files. */
export type SchemaFiles = ReadonlyMap<string, JsonSchema>;

/**
 * How `current` breaks what was `released`. A change that breaks goes into a type of the next version, in a file of its
 * own, while the file of the version before stays: readers pass over types that they do not know.
 */
export function brokenPromises(released: SchemaFiles, current: SchemaFiles): readonly string[] {
  return [...released].flatMap(([file, before]) => {
    const after = current.get(file);
    if (after === undefined) return [`${file}: taken away`];
    return directionsOf(file)
      .flatMap((direction) => changesOf(before, after, direction))
      .filter((change) => !isNewEventType(file, change))
      .map((change) => `${file}${change}`);
  });
}

/** `common.json` serves both directions, so it may change in neither. */
function directionsOf(file: string): readonly Direction[] {
  if (file === 'common.json') return ['inbound', 'outbound'];
  return [file.startsWith('inbound') ? 'inbound' : 'outbound'];
}

function changesOf(before: JsonSchema, after: JsonSchema, direction: Direction): readonly string[] {
  const definitions = (schema: JsonSchema) => ({ type: 'object', properties: schema['$defs'] });
  if (!('$defs' in before)) return breakingChanges(before, after, direction);
  return breakingChanges(definitions(before), definitions(after), direction);
}

function isNewEventType(file: string, change: string): boolean {
  return file === 'outbound-envelope.json' && /^\.type: .* is a new value$/.test(change);
}

/**
 * How `after` breaks those who rely on `before`. Inbound, senders rely on being accepted: nothing may be newly
 * required, taken away or made narrower. Outbound, readers rely on finding: nothing may vanish, become optional or be
 * of another type. Members, values and what a schema holds inside are compared one by one, everything else that it
 * demands must stay as it is; references are compared by name.
 */
export function breakingChanges(
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  path = '',
): readonly string[] {
  const changes: string[] = [];
  if (shapeOf(before) !== shapeOf(after)) changes.push(`${path}: ${shapeOf(before)} became ${shapeOf(after)}`);
  changes.push(...changedValues(before, after, direction, path), ...changedRequired(before, after, direction, path));
  const [membersBefore, membersAfter] = [schemasIn(before['properties']), schemasIn(after['properties'])];
  for (const [name, member] of Object.entries(membersBefore)) {
    const now = membersAfter[name];
    if (now === undefined) changes.push(`${path}.${name}: taken away`);
    else changes.push(...breakingChanges(member, now, direction, `${path}.${name}`));
  }
  for (const keyword of INSIDE) {
    changes.push(...changedInside(before[keyword], after[keyword], direction, `${path}.${keyword}`));
  }
  return changes;
}

/** A schema for all elements, for all further members, for the names of members. */
const INSIDE = ['items', 'additionalProperties', 'propertyNames'];
const COMPARED = new Set(['properties', 'required', 'enum', ...INSIDE]);
const WORDS = new Set(['$schema', '$id', '$comment', 'title', 'description', 'examples', 'default', 'deprecated']);

/** Everything that must stay as it is. What a keyword means need not be known for that. */
function shapeOf(schema: JsonSchema): string {
  const fixed = Object.entries(schema)
    .filter(([keyword]) => !COMPARED.has(keyword) && !WORDS.has(keyword))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(fixed));
}

function changedInside(before: unknown, after: unknown, direction: Direction, path: string): readonly string[] {
  if (isSchema(before) && isSchema(after)) return breakingChanges(before, after, direction, path);
  const [wasOpen, isOpen] = [opennessOf(before), opennessOf(after)];
  if (direction === 'inbound') return isOpen < wasOpen ? [`${path}: narrower`] : [];
  return isOpen > wasOpen ? [`${path}: wider`] : [];
}

/** Nothing, what the schema allows, anything. */
function opennessOf(inside: unknown): number {
  return inside === false ? 0 : isSchema(inside) ? 1 : 2;
}

function changedValues(before: JsonSchema, after: JsonSchema, direction: Direction, path: string): readonly string[] {
  if (direction === 'inbound' && !('enum' in after)) return [];
  if (!('enum' in before)) return direction === 'inbound' ? [`${path}: only certain values are taken`] : [];
  const [valuesBefore, valuesAfter] = [listIn(before['enum']), listIn(after['enum'])];
  const gone = valuesBefore
    .filter((value) => !valuesAfter.includes(value))
    .map((value) => `${path}: ${value} is no longer a value`);
  if (direction === 'inbound') return gone;
  return [
    ...gone,
    ...valuesAfter.filter((value) => !valuesBefore.includes(value)).map((value) => `${path}: ${value} is a new value`),
  ];
}

function changedRequired(before: JsonSchema, after: JsonSchema, direction: Direction, path: string): readonly string[] {
  const [requiredBefore, requiredAfter] = [listIn(before['required']), listIn(after['required'])];
  return direction === 'inbound'
    ? requiredAfter.filter((name) => !requiredBefore.includes(name)).map((name) => `${path}.${name}: newly required`)
    : requiredBefore
        .filter((name) => !requiredAfter.includes(name))
        .map((name) => `${path}.${name}: no longer certain`);
}

function listIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function schemasIn(value: unknown): Readonly<Record<string, JsonSchema>> {
  if (!isSchema(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, schema]) => (isSchema(schema) ? [[name, schema]] : [])),
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
