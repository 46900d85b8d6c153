import { compileSchema, type Validator } from '../schema/compile';
import { schemaOfPublicData } from '../schema/files';
import { problemOfSchemaError, type Problem } from '../schema/problem';
import { storedTypeOf, type PublicEvent } from './public-event';
import { publicEnvelopeSchema } from './schemas';

/**
 * The first thing in which a public event differs from its published schema, members that the schema does not name
 * included. For tests and checks: the hot path relies on the compiler.
 */
export function publicEventProblem(event: PublicEvent): Problem | null {
  envelope ??= compileSchema(publicEnvelopeSchema);
  if (!envelope(event)) return problemOf(envelope, '');
  const validate = validatorOf(event.type);
  return validate(event.data) ? null : problemOf(validate, 'data');
}

let envelope: Validator | undefined;
const validators = new Map<string, Validator>();

function validatorOf(type: PublicEvent['type']): Validator {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const compiled = compileSchema(schemaOfPublicData(storedTypeOf(type)));
  validators.set(type, compiled);
  return compiled;
}

function problemOf(validate: Validator, under: string): Problem {
  const [first] = validate.errors ?? [];
  if (first === undefined) throw new Error('a validator refused without an error');
  return problemOfSchemaError(first, under);
}
