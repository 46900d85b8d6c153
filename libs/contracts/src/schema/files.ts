import type { CommandType, EventType } from '@duestream/domain';
import { envelopeSchema } from '../inbound/envelope';
import { dataSchemas, inboundTypes } from '../inbound/schemas';
import { answerEnvelopeSchema, answerSchema } from '../outbound/answer-schemas';
import { deadLetterHeadersSchema } from '../outbound/dead-letter';
import { storedTypeOf, type PublicEvent } from '../outbound/public-event';
import type { PublishedType } from '../outbound/published';
import { publicDataSchemas, publicEnvelopeSchema } from '../outbound/schemas';
import { watermarkEnvelopeSchema, watermarkSchema } from '../outbound/watermark-schemas';
import type { JsonSchema } from './builder';
import { COMMON_FILE, commonSchema, SCHEMA_BASE } from './common';

/** Of the things that are published, each with an envelope of its own. */
export type EnvelopeKind = 'inbound' | 'outbound' | 'answer' | 'watermark';

export const DEAD_LETTER_HEADERS_FILE = 'dead-letter-headers.json';

/** Every published schema by its path under `libs/contracts/schemas/`. */
export function schemaFiles(): ReadonlyMap<string, JsonSchema> {
  const files = new Map<string, JsonSchema>([[COMMON_FILE, commonSchema]]);
  for (const kind of ['inbound', 'outbound', 'answer', 'watermark'] as const) {
    files.set(envelopeFile(kind), kind === 'inbound' ? envelopeSchema : openToMore(schemaOfEnvelope(kind)));
  }
  files.set(DEAD_LETTER_HEADERS_FILE, openToMore(schemaOfDeadLetterHeaders()));
  for (const type of inboundTypes) files.set(inboundFile(type), schemaOfData(type));
  for (const type of publishedTypes()) files.set(outboundFile(type), openToMore(schemaOfPublished(type)));
  return files;
}

export function envelopeFile(kind: EnvelopeKind): string {
  return `${kind}-envelope.json`;
}

export function inboundFile(type: CommandType): string {
  return `inbound/${type}.json`;
}

export function outboundFile(type: PublishedType): string {
  return `outbound/${type}.json`;
}

export function schemaOfData(type: CommandType): JsonSchema {
  return document(inboundFile(type), type, dataSchemas[type].json);
}

/** Closed: what we publish must be described. The published files leave room for members to come. */
export function schemaOfPublished(type: PublishedType): JsonSchema {
  return document(outboundFile(type), type, publishedDataSchema(type));
}

export function schemaOfEnvelope(kind: EnvelopeKind): JsonSchema {
  switch (kind) {
    case 'inbound':
      return envelopeSchema;
    case 'outbound':
      return publicEnvelopeSchema;
    case 'answer':
      return document(envelopeFile(kind), 'answer to a message', answerEnvelopeSchema.json);
    case 'watermark':
      return document(envelopeFile(kind), 'how far a partition is complete', watermarkEnvelopeSchema.json);
  }
}

export function schemaOfDeadLetterHeaders(): JsonSchema {
  return document(DEAD_LETTER_HEADERS_FILE, 'headers of a dead letter', deadLetterHeadersSchema.json);
}

/** Every type of event of an account, in the order of the contract's table. */
export function accountEventTypes(): readonly PublicEvent['type'][] {
  const stored = Object.keys(publicDataSchemas) as EventType[];
  return stored.map((type) => `duestream.${type}` as const);
}

function publishedTypes(): readonly PublishedType[] {
  return [...accountEventTypes(), 'duestream.message.answered.v1', 'duestream.feed.watermark.v1'];
}

function publishedDataSchema(type: PublishedType): JsonSchema {
  switch (type) {
    case 'duestream.message.answered.v1':
      return answerSchema.json;
    case 'duestream.feed.watermark.v1':
      return watermarkSchema.json;
    default:
      return publicDataSchemas[storedTypeOf(type)].json;
  }
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
