import { COMMON_FILE, SCHEMA_BASE } from '../schema/common';
import type { JsonSchema } from '../schema/builder';
import { inboundTypes } from './schemas';

/** The attributes of an inbound CloudEvent, in the form that the envelope's schema has accepted. */
export interface InboundEnvelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time?: string | null;
  readonly data: object;
}

/** CloudEvents 1.0 in JSON. Extension attributes are allowed and ignored; null stands for an attribute that is not set. */
export const envelopeSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${SCHEMA_BASE}inbound-envelope.json`,
  title: 'inbound message',
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'data'],
  properties: {
    specversion: { const: '1.0', description: '"1.0"' },
    id: { $ref: `${COMMON_FILE}#/$defs/id` },
    source: {
      type: 'string',
      minLength: 1,
      maxLength: 512,
      pattern: '^[^\\s\\p{Cc}\\p{Cs}]*$',
      description: 'a URI reference such as "/erp/emea": 1–512 characters, no blanks, no control characters',
    },
    type: { enum: inboundTypes, description: 'one of the inbound message types' },
    subject: { $ref: `${COMMON_FILE}#/$defs/id` },
    time: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'an RFC 3339 time such as "2026-03-02T09:15:00Z"',
    },
    datacontenttype: {
      type: ['string', 'null'],
      pattern: '^application/([a-z0-9.+-]+\\+)?json(\\s*;.*)?$',
      description: '"application/json", or left out',
    },
    dataschema: { type: ['string', 'null'], maxLength: 1024, description: 'a URI of up to 1024 characters' },
    data: { type: 'object', description: 'an object with the fields of the message type' },
  },
  maxProperties: 64,
  propertyNames: {
    type: 'string',
    pattern: '^[a-z0-9]{1,64}$',
    description: 'attribute names of lower-case letters and digits, and the payload as JSON in `data`',
  },
  additionalProperties: {
    type: ['string', 'boolean', 'integer', 'null'],
    maxLength: 1024,
    description: 'an extension attribute: a string of up to 1024 characters, a boolean or an integer',
  },
} satisfies JsonSchema;
