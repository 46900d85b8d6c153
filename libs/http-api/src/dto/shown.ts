import type { Type } from '@nestjs/common';
import { ApiProperty, getSchemaPath } from '@nestjs/swagger';

interface Options {
  readonly optional?: true;
  readonly description?: string;
}

/** Decorators that describe what an answer holds; nothing is checked by them. */
export const Text = (options: Options = {}): PropertyDecorator => shown({ type: 'string' }, options);
export const NullableText = (options: Options = {}): PropertyDecorator => shown(orNull({ type: 'string' }), options);
export const WholeNumber = (options: Options = {}): PropertyDecorator => shown({ type: 'integer' }, options);
export const NullableNumber = (options: Options = {}): PropertyDecorator => shown(orNull({ type: 'integer' }), options);
export const Flag = (options: Options = {}): PropertyDecorator => shown({ type: 'boolean' }, options);
export const FreeObject = (options: Options = {}): PropertyDecorator => shown(FREE, options);
export const Texts = (options: Options = {}): PropertyDecorator =>
  shown({ type: 'array', items: { type: 'string' } }, options);

export function OneOfTexts(values: readonly string[], options: Options = {}): PropertyDecorator {
  return shown({ type: 'string', enum: [...values] }, options);
}

export function Part(dto: Type<object>, options: Options = {}): PropertyDecorator {
  return ApiProperty({ type: dto, required: options.optional !== true, ...describedBy(options) });
}

export function NullablePart(dto: Type<object>, options: Options = {}): PropertyDecorator {
  return shown(orNull({ $ref: getSchemaPath(dto) }), options);
}

export function ListOf(dto: Type<object>, options: Options = {}): PropertyDecorator {
  return ApiProperty({ type: [dto], required: options.optional !== true, ...describedBy(options) });
}

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: string[];
  readonly items?: { readonly type: string };
  readonly additionalProperties?: boolean;
  readonly oneOf?: Schema[];
}

const FREE: Schema = { type: 'object', additionalProperties: true };

function orNull(schema: Schema): Schema {
  return { oneOf: [schema, { type: 'null' }] };
}

function shown(schema: Schema, options: Options): PropertyDecorator {
  // The library's option types lag behind OpenAPI 3.1, whose `null` is a type of its own.
  return ApiProperty({ ...schema, required: options.optional !== true, ...describedBy(options) } as object);
}

function describedBy({ description }: Options): { readonly description?: string } {
  return description === undefined ? {} : { description };
}
