import { compileSchema, type Validator } from '../schema/compile';
import { schemaOfDeadLetterHeaders, schemaOfEnvelope, schemaOfPublished, type EnvelopeKind } from '../schema/files';
import { problemOfSchemaError, type Problem } from '../schema/problem';
import type { PublishedEvent, PublishedType } from './published';

/**
 * The first thing in which an event, an answer or a watermark differs from its published schema, members that the
 * schema does not name included. For tests and checks: the hot path relies on the compiler.
 */
export function publishedProblem(event: PublishedEvent): Problem | null {
  const kind = envelopeOf(event.type);
  return (
    problemIn(
      validatorOf(kind, () => schemaOfEnvelope(kind)),
      event,
      '',
    ) ??
    problemIn(
      validatorOf(event.type, () => schemaOfPublished(event.type)),
      event.data,
      'data',
    )
  );
}

/** The same of the headers that make a record a dead letter; the original's own have to be left out. */
export function deadLetterHeadersProblem(headers: Readonly<Record<string, string>>): Problem | null {
  return problemIn(validatorOf('dead letter', schemaOfDeadLetterHeaders), headers, '');
}

export function envelopeOf(type: PublishedType): EnvelopeKind {
  if (type === 'duestream.message.answered.v1') return 'answer';
  return type === 'duestream.feed.watermark.v1' ? 'watermark' : 'outbound';
}

const validators = new Map<string, Validator>();

function validatorOf(name: string, schema: () => ReturnType<typeof schemaOfEnvelope>): Validator {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const compiled = compileSchema(schema());
  validators.set(name, compiled);
  return compiled;
}

function problemIn(validate: Validator, value: unknown, under: string): Problem | null {
  if (validate(value)) return null;
  const [first] = validate.errors ?? [];
  if (first === undefined) throw new Error('a validator refused without an error');
  return problemOfSchemaError(first, under);
}
