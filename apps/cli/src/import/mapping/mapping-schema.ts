import { inboundTypes } from '@duestream/contracts';

const text = { type: 'string', minLength: 1 };

const cleanStep = {
  anyOf: [
    { enum: ['strip-trailing-.0', 'collapse-blanks', 'upper', 'lower', 'nfc'] },
    {
      type: 'object',
      required: ['pad', 'with'],
      properties: {
        pad: { type: 'integer', minimum: 1, maximum: 128 },
        with: { type: 'string', minLength: 1, maxLength: 1 },
        when: { const: 'digits' },
      },
      additionalProperties: false,
    },
    {
      type: 'object',
      required: ['replace', 'with'],
      properties: { replace: text, with: { type: 'string' } },
      additionalProperties: false,
    },
  ],
};

const column = {
  type: 'object',
  required: ['from'],
  properties: {
    from: text,
    as: { enum: ['text', 'date', 'amount', 'integer'] },
    format: { type: 'string', pattern: '^(?=.*yyyy)(?=.*m)(?=.*d)[ymd ./-]+$' },
    decimal: { enum: ['.', ','] },
    thousands: { enum: [',', '.', ' ', "'"] },
    clean: { type: 'array', items: cleanStep },
  },
  additionalProperties: false,
};

const when = {
  type: 'object',
  additionalProperties: {
    anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'array', minItems: 1, items: { type: ['string', 'null'] } }],
  },
};

export const mappingSchema = {
  type: 'object',
  required: ['source', 'account', 'columns', 'messages'],
  properties: {
    description: { type: 'string' },
    csv: {
      type: 'object',
      properties: {
        delimiter: { type: 'string', minLength: 1, maxLength: 1 },
        encoding: { enum: ['utf-8', 'windows-1252', 'iso-8859-1'] },
      },
      additionalProperties: false,
    },
    source: text,
    account: text,
    columns: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
      additionalProperties: column,
    },
    openAccount: { type: 'object' },
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'data'],
        properties: { type: { enum: inboundTypes }, id: text, when, data: { type: 'object' } },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};
