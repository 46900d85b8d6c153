import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiProduces, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { MAX_PAGE_ITEMS } from '@duestream/contracts';
import { ProblemView } from '../dto/views';

/** How a list is described: a page of JSON, or the whole as CSV. */
export function ListAnswer(item: Type<object>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(item),
    ApiQuery({ name: 'cursor', type: String, required: false, description: 'nextCursor of the page before' }),
    ApiQuery({ name: 'limit', type: Number, required: false, description: `items a page, up to ${MAX_PAGE_ITEMS}` }),
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
    ...problems(400, 404),
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
    ...problems(400, 503),
  );
}

export function AsOf(): MethodDecorator {
  return applyDecorators(
    ApiQuery({ name: 'asOf', type: String, required: false, description: 'YYYY-MM-DD; the business date' }),
    ApiQuery({ name: 'knownAt', type: String, required: false, description: 'RFC 3339; now' }),
  );
}

/** Query parameters that all are texts and all may be left out. */
export function FilteredBy(
  names: readonly string[],
  meanings: Readonly<Partial<Record<string, string>>>,
): MethodDecorator {
  return applyDecorators(
    ...names.map((name) =>
      ApiQuery({ name, type: String, required: false, description: meanings[name] ?? 'exactly this' }),
    ),
  );
}

function problems(...statuses: readonly number[]): MethodDecorator[] {
  return statuses.map((status) => ApiResponse({ status, type: ProblemView }));
}
