import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { problem, type Problem } from '@duestream/contracts';
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
  const options = { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true };
  const [error] = validateSync(plainToInstance(dto, body), options);
  return error === undefined ? null : problemOf(error, '');
}

/** The first fault, with the path that leads to it. */
function problemOf(error: ValidationError, under: string): Problem {
  const path = pathTo(under, error.property);
  const [child] = error.children ?? [];
  if (child !== undefined) return problemOf(child, path);
  const value: unknown = error.value;
  if (error.constraints?.['whitelistValidation'] !== undefined) {
    const expected = `only ${knownFields(error).join(', ')}`;
    return {
      ...problem('field.unknown', path, value, expected),
      detail: `${path} is not a known field; expected ${expected}`,
    };
  }
  const context: unknown = Object.values(error.contexts ?? {})[0];
  if (isFieldContext(context)) {
    const found = context.problemOf(value, path);
    if (found !== null) return found;
  }
  return problem('field.invalid', path, value, Object.values(error.constraints ?? {})[0] ?? 'something else');
}

function knownFields({ target }: ValidationError): readonly string[] {
  if (target === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

/** What the decorators of `dto/fields.ts` hand over, so that the contract's own words reach the answer. */
export interface FieldContext {
  problemOf(value: unknown, field: string): Problem | null;
}

function isFieldContext(value: unknown): value is FieldContext {
  return isRecord(value) && typeof value['problemOf'] === 'function';
}

function pathTo(under: string, segment: string): string {
  if (/^\d+$/.test(segment)) return `${under}[${segment}]`;
  return under === '' ? segment : `${under}.${segment}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
