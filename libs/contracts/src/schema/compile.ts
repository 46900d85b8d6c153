import { isCurrency, isLocalDate, parseInstant } from '@duestream/domain';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import type { JsonSchema } from './builder';
import { commonSchema } from './common';
import { isNfc, moneyFault, type AmountSign } from './rules';

export type Validator = ValidateFunction;

const ajv = createAjv();

/** Compiled once per schema and kept. Stops at the first thing that is wrong. */
export function compileSchema(schema: JsonSchema): Validator {
  return ajv.compile(schema);
}

function createAjv(): Ajv2020 {
  const result = new Ajv2020({
    allErrors: false,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    ownProperties: true,
    validateSchema: false,
    formats: { date: isLocalDate, 'date-time': (text: string) => parseInstant(text) !== null },
  });
  result.addKeyword({
    keyword: 'x-nfc',
    type: 'string',
    schemaType: 'boolean',
    validate: (_: true, text: string) => isNfc(text),
  });
  result.addKeyword({
    keyword: 'x-currency',
    type: 'string',
    schemaType: 'boolean',
    validate: (_: true, code: string) => isCurrency(code),
  });
  result.addKeyword({
    keyword: 'x-money',
    type: 'object',
    schemaType: 'string',
    validate: (sign: AmountSign, value: object) => moneyFault(value, sign) === null,
  });
  result.addSchema(commonSchema);
  return result;
}
