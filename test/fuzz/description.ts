import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, type JsonObject, type Path } from './json';

/** One thing to fuzz: an operation of the OpenAPI document, or one message type of `POST /v1/messages`. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With names in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: JsonObject | null;
  /** Of the message in a batch of one; the body is then its envelope with its data. */
  readonly messageType: string | null;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: JsonObject;
}

/** A field somewhere in a body, with the schema that it must fulfil. */
export interface Place {
  readonly path: Path;
  readonly schema: JsonObject;
  readonly required: boolean;
}

export interface Description {
  readonly operations: readonly Operation[];
  readonly openApi: JsonObject;
  /** Inbound schemas, by their `$id`. */
  readonly schemas: ReadonlyMap<string, JsonObject>;
}

export const SCHEMA_BASE = 'https://duestream.example/schemas/';
export const ENVELOPE_ID = `${SCHEMA_BASE}inbound-envelope.json`;
const SCHEMAS_FOLDER = path.resolve('libs/contracts/schemas');

export function describe(openApi: JsonObject): Description {
  const schemas = readSchemas();
  const operations = operationsOf(openApi);
  const batch = operations.find(({ id }) => id === 'Messages_record');
  if (batch === undefined) throw new Error('the OpenAPI document has no batch door');
  const types = [...schemas.keys()].filter((id) => id.startsWith(`${SCHEMA_BASE}inbound/`));
  const messages = types.map((id): Operation => {
    const messageType = id.slice(`${SCHEMA_BASE}inbound/`.length, -'.json'.length);
    return { ...batch, id: `${batch.id}:${messageType}`, messageType, body: { $ref: ENVELOPE_ID } };
  });
  return { operations: [...operations, ...messages], openApi, schemas };
}

/** Every field that the body may have, in depth; of lists their first element. */
export function placesOf(operation: Operation, description: Description): readonly Place[] {
  if (operation.body === null) return [];
  const places = innerPlaces(operation.body, [], description);
  if (operation.messageType === null) return places;
  const data = { $ref: `${SCHEMA_BASE}inbound/${operation.messageType}.json` };
  return [...places, ...innerPlaces(data, ['data'], description)];
}

function innerPlaces(reference: JsonObject, at: Path, description: Description): Place[] {
  const schema = resolved(reference, description);
  if (isObject(schema['items'])) return innerPlaces(schema['items'], [...at, 0], description);
  const { properties, required } = schema;
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const inner = resolved(property, description);
    const place = {
      path: [...at, name],
      schema: inner,
      required: Array.isArray(required) && required.includes(name),
    };
    return [place, ...innerPlaces(inner, place.path, description)];
  });
}

/** Follows references, and takes the object out of what may also be null. */
function resolved(schema: JsonObject, description: Description): JsonObject {
  const { $ref, allOf, oneOf, ...rest } = schema;
  if (typeof $ref === 'string') return { ...resolved(target($ref, description), description), ...rest };
  const alternatives: unknown = allOf ?? oneOf;
  const [first] = Array.isArray(alternatives) ? (alternatives as readonly unknown[]) : [];
  return isObject(first) && '$ref' in first ? { ...resolved(first, description), ...rest } : schema;
}

function target(reference: string, { openApi, schemas }: Description): JsonObject {
  const [file = '', pointer = ''] = reference.split('#');
  const name = file.replace('../', '');
  const root = file === '' ? openApi : (schemas.get(name) ?? schemas.get(SCHEMA_BASE + name));
  // Within `common.json` a definition names its neighbours.
  const roots = file === '' ? [openApi, schemas.get(`${SCHEMA_BASE}common.json`)] : [root];
  for (const candidate of roots) {
    const found = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), candidate);
    if (isObject(found)) return found;
  }
  throw new Error(`nothing is at ${reference}`);
}

function operationsOf({ paths }: JsonObject): Operation[] {
  return Object.entries(isObject(paths) ? paths : {}).flatMap(([address, methods]) =>
    Object.entries(isObject(methods) ? methods : {}).flatMap(([method, operation]) => {
      if (!isObject(operation)) return [];
      const parameters = Array.isArray(operation['parameters']) ? (operation['parameters'] as Parameter[]) : [];
      return [
        {
          id: String(operation['operationId']),
          method: method.toUpperCase(),
          path: address,
          parameters,
          body: bodySchema(operation['requestBody']),
          messageType: null,
        },
      ];
    }),
  );
}

function bodySchema(requestBody: unknown): JsonObject | null {
  if (!isObject(requestBody) || !isObject(requestBody['content'])) return null;
  const json = requestBody['content']['application/json'];
  return isObject(json) && isObject(json['schema']) ? json['schema'] : null;
}

function readSchemas(): Map<string, JsonObject> {
  const files = ['common.json', 'inbound-envelope.json'].concat(
    readdirSync(path.join(SCHEMAS_FOLDER, 'inbound')).map((file) => `inbound/${file}`),
  );
  return new Map(
    files.map((file) => {
      const schema = JSON.parse(readFileSync(path.join(SCHEMAS_FOLDER, file), 'utf8')) as JsonObject;
      return [SCHEMA_BASE + file, schema];
    }),
  );
}
