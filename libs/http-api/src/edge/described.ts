import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { fieldSchema, MAX_PAGE_ITEMS, type FieldKind } from '@duestream/contracts';
import { ProblemView } from '../dto/views';

/** How a list is described: a page of JSON, or the whole as CSV. */
export function ListAnswer(item: Type<object>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(item),
    ApiQuery({ name: 'cursor', type: String, required: false, description: 'nextCursor of the page before' }),
    ApiQuery({
      name: 'limit',
      required: false,
      description: `items a page, up to ${MAX_PAGE_ITEMS}`,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_ITEMS },
    }),
    ApiProduces('application/json', 'text/csv'),
    ApiResponse({
      status: 200,
      schema: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(item) } },
          nextCursor: { oneOf: [{ type: 'string' }, { type: 'null' }] },
        },
      },
    }),
    Problems(400, 404),
  );
}

/** How queries of the read models are described beside their own parameters. */
export function FromReadModels(): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Duestream-Min-Position',
      required: false,
      description: 'the position of a write: wait, at most 5 s, until the answer knows of it',
    }),
    Problems(400, 404),
  );
}

export function AsOf(): MethodDecorator {
  return applyDecorators(
    QueryField('asOf', 'date', 'YYYY-MM-DD; the business date'),
    QueryField('knownAt', 'instant', 'RFC 3339; now'),
  );
}

/** A query parameter of a kind that the contract defines; it may be left out. */
export function QueryField(name: string, kind: FieldKind, description: string): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema: { ...fieldSchema(kind) } });
}

/** A query parameter that is one of these; it may be left out. */
export function QueryChoice(name: string, values: readonly string[], description: string): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema: { type: 'string', enum: [...values] } });
}

/** A revision, an ordinary number; it may be left out. */
export function QueryRevision(name: string, description: string): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema: { type: 'integer', minimum: 0 } });
}

/** An id in the address, percent-encoded there. */
export function PathField(name: string): MethodDecorator & ClassDecorator {
  return ApiParam({ name, description: 'percent-encoded', schema: { ...fieldSchema('id') } });
}

/** A header that holds an id; it may be left out. */
export function HeaderField(name: string, description: string): MethodDecorator {
  return ApiHeader({ name, required: false, description, schema: { ...fieldSchema('id') } });
}

export function Problems(...statuses: readonly number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map((status) => ApiResponse({ status, type: ProblemView })));
}
