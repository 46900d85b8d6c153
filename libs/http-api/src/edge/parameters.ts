import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fieldProblem, problem, type FieldKind } from '@duestream/contracts';
import { parseInstant, type AccountId, type Instant, type LocalDate } from '@duestream/domain';
import { shapeProblem } from './http-problem';

/** An id in the path, as it was before percent-encoding. */
export class PathId implements PipeTransform<unknown, string> {
  constructor(private readonly name: string) {}

  transform(value: unknown): string {
    return checkedText('id', value, this.name);
  }
}

export class PathAccountId implements PipeTransform<unknown, AccountId> {
  transform(value: unknown): AccountId {
    return checkedText('id', value, 'accountId') as AccountId;
  }
}

/** The query of a request: each name once, and none that the route does not know. */
export class KnownQuery<Name extends string> implements PipeTransform<unknown, QueryText<Name>> {
  private readonly names: ReadonlySet<string>;

  constructor(...names: readonly Name[]) {
    this.names = new Set(names);
  }

  transform(value: unknown): QueryText<Name> {
    const result: Record<string, string> = {};
    for (const [name, text] of Object.entries(value ?? {})) {
      if (!this.names.has(name)) {
        const expected = this.names.size === 0 ? 'no query' : `only ${[...this.names].join(', ')}`;
        throw shapeProblem(problem('query.unknown', name, text, expected));
      }
      if (typeof text !== 'string') throw shapeProblem(problem('query.repeated', name, text, 'it once'));
      result[name] = text;
    }
    return result as QueryText<Name>;
  }
}

export type QueryText<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** The request itself, for headers. */
export const Request = createParamDecorator((_: unknown, context: ExecutionContext): FastifyRequest => {
  return context.switchToHttp().getRequest<FastifyRequest>();
});

export function checkedText(kind: FieldKind, value: unknown, field: string): string {
  const found = fieldProblem(kind, value, field);
  if (found !== null) throw shapeProblem(found);
  return String(value);
}

export function companyOf(text: string | undefined): string {
  return text === undefined ? '' : checkedText('company', text, 'company');
}

export function dateOf(text: string | undefined, field: string): LocalDate | undefined {
  return text === undefined ? undefined : (checkedText('date', text, field) as LocalDate);
}

export function instantOf(text: string | undefined, field: string): Instant | undefined {
  if (text === undefined) return undefined;
  // A plus sign of an offset arrives as a blank when it was not encoded.
  const parsed = parseInstant(text.replace(' ', '+'));
  if (parsed === null)
    throw shapeProblem(problem('instant.invalid', field, text, 'an RFC 3339 time such as "2026-03-02T09:15:00Z"'));
  return parsed;
}

export function oneOf<const T extends string>(
  text: string | undefined,
  values: readonly T[],
  field: string,
): T | undefined {
  if (text === undefined) return undefined;
  const found = values.find((value) => value === text);
  if (found === undefined) throw shapeProblem(problem('query.invalid', field, text, `one of ${values.join(', ')}`));
  return found;
}

/** A whole number within bounds. */
export function wholeNumber(text: string | undefined, field: string, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw shapeProblem(problem('query.invalid', field, text, `a whole number from ${min} to ${max}`));
  }
  return number;
}

export function flagOf(text: string | undefined, field: string): boolean {
  return oneOf(text, ['true', 'false'], field) === 'true';
}

/** `asOf` and `knownAt` of a report. */
export function pointOf(query: QueryText<'asOf' | 'knownAt'>): {
  readonly asOf?: LocalDate;
  readonly knownAt?: Instant;
} {
  return { ...given('asOf', dateOf(query.asOf, 'asOf')), ...given('knownAt', instantOf(query.knownAt, 'knownAt')) };
}

const DEFAULT_BORDERS = [30, 60, 90];
const MAX_BORDERS = 20;
const MAX_BORDER_DAYS = 36_500;

/** Last days of aging buckets: whole numbers from 1, rising. */
export function bordersOf(text: string | undefined): readonly number[] {
  if (text === undefined) return DEFAULT_BORDERS;
  const borders = text.split(',').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0));
  const isRising = borders.every((border, index) => border > (borders[index - 1] ?? 0) && border <= MAX_BORDER_DAYS);
  if (isRising && borders.length <= MAX_BORDERS) return borders;
  throw shapeProblem(
    problem('query.invalid', 'buckets', text, `up to ${MAX_BORDERS} rising whole numbers from 1 such as 30,60,90`),
  );
}

/** A member that is left out when it has no value. */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: Value };
}
