import type { PipeTransform, Type } from '@nestjs/common';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { fieldPath, problem, type FieldPath, type Problem } from '@duestream/contracts';
import { listsOf } from '../dto/lists';
import { shapeProblem } from './http-problem';

/** A body that has the shape of `Dto`: its fields and no others. The body itself goes on, as it was sent. */
export class ValidatedBody implements PipeTransform<unknown, Readonly<Record<string, unknown>>> {
  constructor(private readonly dto: Type<object>) {}

  transform(body: unknown): Readonly<Record<string, unknown>> {
    const found = shapeFault(this.dto, body);
    if (found !== null) throw shapeProblem(found);
    return isRecord(body) ? body : {};
  }
}

function shapeFault(dto: Type<object>, body: unknown): Problem | null {
  if (!isRecord(body)) return problem('body.not-an-object', 'body', body, 'a JSON object');
  return objectFault(dto, body, []);
}

/** The first fault of an object or of the objects in its lists, with the path that leads to it. */
function objectFault(dto: Type<object>, sent: object, under: FieldPath): Problem | null {
  const known = knownFields(dto);
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown !== undefined) return unknownField([...under, unknown], Reflect.get(sent, unknown), known);
  const [error] = validateSync(Object.assign(new dto(), sent), { stopAtFirstError: true });
  if (error !== undefined) return problemOf(error, under);
  for (const [name, item] of listsOf(dto)) {
    const list: unknown = Reflect.get(sent, name);
    if (!Array.isArray(list)) continue;
    for (const [index, value] of (list as readonly unknown[]).entries()) {
      const path = [...under, name, index];
      const found = isRecord(value)
        ? objectFault(item, value, path)
        : problem('field.wrong-type', fieldPath(path), value, 'an object');
      if (found !== null) return found;
    }
  }
  return null;
}

function unknownField(path: FieldPath, value: unknown, known: readonly string[]): Problem {
  const field = fieldPath(path);
  const expected = known.length === 0 ? 'no fields here' : `only ${known.join(', ')}`;
  const detail = `${field} is not a known field; expected ${expected}`;
  return { ...problem('field.unknown', field, value, expected), detail };
}

function problemOf({ property, value, constraints, contexts }: ValidationError, under: FieldPath): Problem {
  const path = fieldPath([...under, property]);
  const sent: unknown = value;
  const context: unknown = Object.values(contexts ?? {})[0];
  if (isFieldContext(context)) {
    const found = context.problemOf(sent, path);
    if (found !== null) return found;
  }
  return problem('field.invalid', path, sent, Object.values(constraints ?? {})[0] ?? 'something else');
}

const fieldsByClass = new Map<Type<object>, readonly string[]>();

function knownFields(dto: Type<object>): readonly string[] {
  let known = fieldsByClass.get(dto);
  if (known === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    known = [...new Set(rules.map(({ propertyName }) => propertyName))];
    fieldsByClass.set(dto, known);
  }
  return known;
}

/** What the decorators of `dto/fields.ts` hand over, so that the contract's own words reach the answer. */
export interface FieldContext {
  problemOf(value: unknown, field: string): Problem | null;
}

function isFieldContext(value: unknown): value is FieldContext {
  return isRecord(value) && typeof value['problemOf'] === 'function';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
