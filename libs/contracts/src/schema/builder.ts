/** A JSON Schema (2020-12) as plain JSON. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

declare const described: unique symbol;

/** A schema together with the type of what it accepts, so that the compiler compares both with the domain's types. */
export interface Typed<T> {
  readonly json: JsonSchema;
  readonly [described]?: T;
}

export interface Optional<T> {
  readonly optional: Typed<T>;
}

/** One schema per member: optional where the member is optional, required where it is required, none too many. */
export type Members<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Typed<T[K]>;
};

/** An object that may hold these members and no others. */
export function object<T extends object>(members: Members<NoInfer<T>>, keywords: JsonSchema = {}): Typed<T> {
  const entries = Object.entries<Optional<unknown> | Typed<unknown>>(members);
  const required = entries.filter(([, member]) => !('optional' in member)).map(([name]) => name);
  const properties = Object.fromEntries(
    entries.map(([name, member]) => [name, 'optional' in member ? member.optional.json : member.json]),
  );
  return {
    json: {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties,
      additionalProperties: false,
      ...keywords,
    },
  };
}

export function optional<T>(schema: Typed<T>): Optional<T> {
  return { optional: schema };
}

export function array<T>(items: Typed<T>, keywords: JsonSchema): Typed<readonly T[]> {
  return { json: { type: 'array', ...keywords, items: items.json } };
}

export function constant<const V extends string>(value: V): Typed<V> {
  return { json: { const: value } };
}

export function oneOf<const V extends string>(values: readonly V[], description?: string): Typed<V> {
  return { json: { enum: values, ...(description === undefined ? {} : { description }) } };
}
