import type { CommandType } from '@duestream/domain';
import { dataSchemas } from '../inbound/schemas';
import type { JsonSchema } from './builder';
import { COMMON_FILE, commonSchema, SCHEMA_BASE } from './common';
import { compileSchema, type Validator } from './compile';
import { problem, problemOfSchemaError, type Problem } from './problem';

/** What a single field may be, by the name of its definition in `common.json`. */
export type FieldKind = Exclude<keyof (typeof commonSchema)['$defs'], 'figure'>;

/** What is wrong with one field's value, or null. `undefined` stands for a field that is not there. */
export function fieldProblem(kind: FieldKind, value: unknown, field: string): Problem | null {
  if (value === undefined) return problem('field.missing', field, undefined, fieldSchema(kind).description);
  const validate = validatorOf(kind);
  if (validate(value)) return null;
  const [error] = validate.errors ?? [];
  if (error === undefined) throw new Error('a validator refused without an error');
  return problemOfSchemaError(error, field);
}

/** The definition as it stands in `common.json`. */
export function fieldSchema<K extends FieldKind>(kind: K): (typeof commonSchema)['$defs'][K] {
  return commonSchema.$defs[kind];
}

/** Names of the members that a command's `data` may have. */
export function memberNamesOf(type: CommandType): readonly string[] {
  const { properties }: JsonSchema = dataSchemas[type].json;
  return properties !== null && typeof properties === 'object' ? Object.keys(properties) : [];
}

const validators = new Map<FieldKind, Validator>();

function validatorOf(kind: FieldKind): Validator {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const compiled = compileSchema({ $ref: `${SCHEMA_BASE}${COMMON_FILE}#/$defs/${kind}` });
  validators.set(kind, compiled);
  return compiled;
}
