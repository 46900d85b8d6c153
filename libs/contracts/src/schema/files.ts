import type { CommandType, EventType } from '@duestream/domain';
import { envelopeSchema } from '../inbound/envelope';
import { dataSchemas, inboundTypes } from '../inbound/schemas';
import { publicDataSchemas, publicEnvelopeSchema } from '../outbound/schemas';
import type { JsonSchema } from './builder';
import { COMMON_FILE, commonSchema, SCHEMA_BASE } from './common';

/** Every published schema by its path under `libs/contracts/schemas/`. */
export function schemaFiles(): ReadonlyMap<string, JsonSchema> {
  const files = new Map<string, JsonSchema>([
    [COMMON_FILE, commonSchema],
    ['inbound-envelope.json', envelopeSchema],
    ['outbound-envelope.json', publicEnvelopeSchema],
  ]);
  for (const type of inboundTypes) files.set(`inbound/${type}.json`, schemaOfData(type));
  for (const type of publicTypes()) files.set(`outbound/duestream.${type}.json`, openToMore(schemaOfPublicData(type)));
  return files;
}

export function schemaOfData(type: CommandType): JsonSchema {
  return document(`inbound/${type}.json`, type, dataSchemas[type].json);
}

/** Closed: what we publish must be described. The published file leaves room for members to come. */
export function schemaOfPublicData(type: EventType): JsonSchema {
  return document(`outbound/duestream.${type}.json`, `duestream.${type}`, publicDataSchemas[type].json);
}

function document(file: string, title: string, schema: JsonSchema): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: SCHEMA_BASE + file, title, ...schema };
}

/** Consumers ignore members that they do not know, so the published schema must not refuse them. */
function openToMore(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).filter(
    ([keyword, value]) => !(keyword === 'additionalProperties' && value === false),
  );
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, openInside(value)]));
}

function openInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openInside);
  return value !== null && typeof value === 'object' ? openToMore({ ...value }) : value;
}

function publicTypes(): readonly EventType[] {
  return Object.keys(publicDataSchemas) as EventType[];
}
