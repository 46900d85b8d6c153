import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, getSchemaPath, type ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, ValidateBy, ValidateIf } from 'class-validator';
import { fieldProblem, fieldSchema, type FieldKind } from '@duestream/contracts';
import { noteListOf } from './lists';
import { MoneyDto } from './money.dto';

/** A field of the kind that the contract's schemas define: the same rule, the same words, in OpenAPI too. */
export function Field(kind: FieldKind): PropertyDecorator {
  return applyDecorators(described(kind, true), checked(kind));
}

/** As `Field`, and may be left out. Null is not left out. */
export function OptionalField(kind: FieldKind): PropertyDecorator {
  const isThere = ValidateIf((_object: object, value: unknown) => value !== undefined);
  return applyDecorators(described(kind, false), isThere, checked(kind));
}

export function OptionalFlag(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: Boolean, required: false }),
    IsOptional(),
    ValidateBy({
      name: 'isFlag',
      validator: { validate: (value) => typeof value === 'boolean', defaultMessage: () => 'true or false' },
    }),
  );
}

export function OneOf(values: readonly string[]): PropertyDecorator {
  const expected = `one of ${values.join(', ')}`;
  return applyDecorators(
    ApiProperty({ type: String, enum: [...values] }),
    ValidateBy({
      name: 'isOneOf',
      validator: {
        validate: (value) => typeof value === 'string' && values.includes(value),
        defaultMessage: () => expected,
      },
    }),
  );
}

/** A list of objects, each checked by its own class. */
export function OptionalListOf(dto: Type<object>, maxItems: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: [dto], required: false, maxItems }),
    ValidateIf((_object: object, value: unknown) => value !== undefined),
    IsArray({ message: `a list of up to ${maxItems}` }),
    ArrayMaxSize(maxItems, { message: `a list of up to ${maxItems}` }),
    noteListOf(dto),
  );
}

/** A list of objects that are free in their members. */
export function OptionalFreeList(maxItems: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'array', items: freeObject(), required: false, maxItems }),
    ValidateIf((_object: object, value: unknown) => value !== undefined),
    IsArray({ message: `a list of up to ${maxItems}` }),
    ArrayMaxSize(maxItems, { message: `a list of up to ${maxItems}` }),
  );
}

function freeObject(): Readonly<Record<string, unknown>> {
  return { ...fieldSchema('line'), additionalProperties: true };
}

function checked(kind: FieldKind): PropertyDecorator {
  return ValidateBy(
    {
      name: `is-${kind}`,
      validator: {
        validate: (value) => fieldProblem(kind, value, '') === null,
        defaultMessage: () => fieldSchema(kind).description,
      },
    },
    { context: { problemOf: (value: unknown, field: string) => fieldProblem(kind, value, field) } },
  );
}

function described(kind: FieldKind, required: boolean): PropertyDecorator {
  return ApiProperty(openApiOf(kind, required));
}

function openApiOf(kind: FieldKind, required: boolean): ApiPropertyOptions {
  // The contract's own keywords go with it (`x-money`, `x-currency`, `x-nfc`): a description without them is half a rule.
  const { type: _type, ...rules }: Readonly<Record<string, unknown>> = fieldSchema(kind);
  const described = { ...rules, required };
  switch (kind) {
    case 'money':
      return { ...withoutMembers(described), type: MoneyDto };
    case 'limitAmount':
      return { ...withoutMembers(described), oneOf: [{ $ref: getSchemaPath(MoneyDto) }, { type: 'null' }] };
    case 'enforcement':
      return { ...described, type: String };
    case 'attributes':
    case 'line':
      return { ...described, type: Object };
    case 'instalmentNumber':
      return { ...described, type: 'integer' };
    default:
      return { ...described, type: String };
  }
}

function withoutMembers(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { properties: _properties, additionalProperties: _additional, ...rest } = schema;
  return { ...rest, required: schema['required'] };
}
