import type { Enforcement, Instant, LocalDate, MoneyText, OrderLine, Terms } from '@duestream/domain';
import type { JsonSchema, Typed } from './builder';

export const SCHEMA_BASE = 'https://duestream.example/schemas/';
export const COMMON_FILE = 'common.json';

const NO_BLANK_ENDS = '(?!\\s)';
const NO_CONTROLS = '[^\\p{Cc}\\p{Cs}]*';
const NAME_PATTERN = `^${NO_BLANK_ENDS}${NO_CONTROLS}(?<!\\s)$`;
/** Tabs and line ends are part of free text; other control characters and halves of surrogate pairs are not. */
const TEXT_PATTERN = '^(?=[^]*\\S)[^\\p{Cs}\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$';
const AMOUNT_PATTERN = '^\\d{1,18}(\\.\\d{1,4})?$';
const AMOUNT_RULE =
  'a decimal string such as "12.34" with at most 18 digits before the point and no more decimals than the currency has';

const currency = {
  type: 'string',
  pattern: '^[A-Z]{3}$',
  'x-currency': true,
  description: 'an ISO 4217 currency code in force, such as "EUR"',
};

const moneyMembers = (amountRule: string, pattern: string) => ({
  required: ['amount', 'currency'],
  properties: {
    amount: { type: 'string', pattern, description: amountRule },
    currency: { $ref: '#/$defs/currency' },
  },
  additionalProperties: false,
});

/**
 * What the schemas of all types share. A description completes the sentence "expected …", because problems quote it.
 * `x-money`, `x-currency` and `x-nfc` are rules that JSON Schema cannot say; other validators may ignore them.
 */
export const commonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${SCHEMA_BASE}${COMMON_FILE}`,
  $defs: {
    id: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      pattern: NAME_PATTERN,
      'x-nfc': true,
      description: '1–128 characters in Unicode normal form C, no control characters, no blanks at the ends',
    },
    company: {
      type: 'string',
      maxLength: 128,
      pattern: NAME_PATTERN,
      'x-nfc': true,
      description:
        'the legal entity: up to 128 characters in Unicode normal form C, no control characters, no blanks at the ends',
    },
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 256,
      pattern: NAME_PATTERN,
      description: '1–256 characters, no control characters, no blanks at the ends',
    },
    text: {
      type: 'string',
      maxLength: 2000,
      pattern: TEXT_PATTERN,
      description: 'up to 2000 characters, not blank, no control characters but tabs and line ends',
    },
    date: {
      type: 'string',
      format: 'date',
      description: 'a calendar date YYYY-MM-DD between 0001-01-01 and 9999-12-31',
    },
    instant: { type: 'string', format: 'date-time', description: 'an RFC 3339 time such as "2026-03-02T09:15:00Z"' },
    terms: {
      type: 'string',
      pattern: '^(NET\\d{1,3}|EOM(\\+\\d{1,3})?)$',
      description: 'terms of payment such as "NET30" or "EOM+10"',
    },
    currency,
    money: {
      type: 'object',
      ...moneyMembers(`${AMOUNT_RULE}, greater than 0`, AMOUNT_PATTERN),
      'x-money': 'positive',
      description: 'an amount greater than 0 such as {"amount":"12.34","currency":"EUR"}',
    },
    limitAmount: {
      type: ['object', 'null'],
      ...moneyMembers(`${AMOUNT_RULE}, 0 or greater`, AMOUNT_PATTERN),
      'x-money': 'not-negative',
      description: 'an amount of 0 or more such as {"amount":"5000.00","currency":"EUR"}, or null for no limit set',
    },
    figure: {
      type: 'object',
      ...moneyMembers('a signed decimal string with the decimals of the currency', '^-?\\d+(\\.\\d{1,4})?$'),
      description: 'an amount; may be 0 or below',
    },
    instalmentNumber: { type: 'integer', minimum: 1, maximum: 1000, description: 'a whole number from 1 to 1000' },
    enforcement: { enum: ['enforce', 'observe'], description: '"enforce" or "observe"' },
    attributes: {
      type: 'object',
      maxProperties: 100,
      propertyNames: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: `^(?!__proto__$)${NO_BLANK_ENDS}${NO_CONTROLS}(?<!\\s)$`,
        description: 'names of 1–128 characters, no control characters, no blanks at the ends',
      },
      additionalProperties: {
        type: 'string',
        maxLength: 1000,
        pattern: `^${NO_CONTROLS}$`,
        description: 'a string of up to 1000 characters, no control characters',
      },
      description: 'up to 100 names, each with a string',
    },
    line: {
      type: 'object',
      maxProperties: 100,
      description: 'an object with up to 100 members, at most 8 levels deep',
    },
  },
} satisfies JsonSchema;

type Definition = keyof (typeof commonSchema)['$defs'];

function common<T>(name: Definition): Typed<T> {
  return { json: { $ref: `../${COMMON_FILE}#/$defs/${name}` } };
}

/** For files in the folder of `common.json` itself. */
export function besideCommon<T extends string>(name: 'id' | 'instant'): Typed<T> {
  return { json: { $ref: `${COMMON_FILE}#/$defs/${name}` } };
}

export const id = common<string>('id');
export const company = common<string>('company');
export const name = common<string>('name');
export const text = common<string>('text');
export const date = common<LocalDate>('date');
export const instant = common<Instant>('instant');
export const terms = common<Terms>('terms');
export const currencyCode = common<string>('currency');
export const money = common<MoneyText>('money');
export const limitAmount = common<MoneyText | null>('limitAmount');
export const figure = common<MoneyText>('figure');
export const instalmentNumber = common<number>('instalmentNumber');
export const enforcement = common<Enforcement>('enforcement');
export const attributes = common<Readonly<Record<string, string>>>('attributes');
export const line = common<OrderLine>('line');
export const flag: Typed<boolean> = { json: { type: 'boolean', description: 'true or false' } };
