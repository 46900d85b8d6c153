import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeAnswers } from './edge/described-answers';
import { MoneyDto } from './dto/money.dto';
import { DecisionView, DocumentRefView, ProblemView } from './dto/views';
import { LimitView } from './dto/query-views';

/** The description of the HTTP API, made from the controllers and their classes. `docs/openapi.json` is checked against it. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Duestream')
    .setDescription(
      'An event-sourced order-to-cash backend. Money is a decimal string with its ISO 4217 currency, dates are YYYY-MM-DD, ' +
        'instants RFC 3339, ids percent-encoded in paths. Errors are problem details (RFC 9457).',
    )
    .setVersion('1')
    .build();
  const extraModels = [MoneyDto, DecisionView, DocumentRefView, ProblemView, LimitView];
  const document = closed(
    SwaggerModule.createDocument(app, config, {
      extraModels,
      operationIdFactory: (controller, method) => `${controller.replace(/(Commands)?Controller$/, '')}_${method}`,
    }),
  );
  return describeAnswers(document);
}

/** What is sent may hold no other fields, which classes alone do not tell. */
function closed(document: OpenAPIObject): OpenAPIObject {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    if (name.endsWith('Dto') && !('$ref' in schema)) schema.additionalProperties = false;
  }
  return document;
}
