import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { MESSAGES_PATH, MIN_POSITION_HEADER, PROBLEM_MEDIA_TYPE } from '@duestream/contracts';
import { ProblemView } from '../dto/views';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Response = Exclude<NonNullable<Operation['responses'][string]>, { readonly $ref: string }>;

/** What holds of the answers of all routes, which no route says of itself. Probes of health are always answered. */
export function describeAnswers(document: OpenAPIObject): OpenAPIObject {
  for (const [address, { get, put, post }] of Object.entries(document.paths)) {
    if (address.startsWith('/health/')) continue;
    for (const operation of [get, put, post]) {
      if (operation === undefined) continue;
      addRefusals(operation, operation !== get, address.startsWith('/v1/'));
      for (const [status, response] of Object.entries(operation.responses)) {
        if (response === undefined || '$ref' in response) continue;
        if (Number(status) >= 400) describeProblem(status, response);
        else describeSuccess(response, showsPosition(address, operation));
      }
    }
  }
  return document;
}

/** What is answered before a route is looked at, or whatever it does. */
function addRefusals({ responses }: Operation, takesBody: boolean, asksAnEngine: boolean): void {
  const statuses = ['421', '429', ...(takesBody ? ['403', '413', '415'] : []), ...(asksAnEngine ? ['503'] : [])];
  for (const status of statuses) responses[status] ??= { description: '' };
}

const MEANINGS: Readonly<Record<string, string>> = {
  400: 'the request is not what this route takes: the problem names the field',
  403: 'a browser sent it for a page of another site',
  404: 'there is no such account or document',
  409: 'the same key with other content, an account that has changed since, or work that is under way already',
  413: 'the body is larger than this route takes',
  415: 'a body of this type, or a compressed one, is not taken',
  421: 'the host that was called is not one of this server',
  422: 'refused by a rule of the domain, with the numbers involved',
  429: 'too many requests of this client at once: nothing was read',
  503: 'an engine is away, behind or has too much to do: send the same again later',
};

function describeProblem(status: string, response: Response): void {
  if (response.description === '') response.description = MEANINGS[status] ?? '';
  response.content = { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemView) } } };
  if (status === '429' || status === '503') response.headers = { 'Retry-After': RETRY_AFTER };
}

const RETRY_AFTER = { description: 'seconds', schema: { type: 'integer', minimum: 1 } } as const;

function describeSuccess(response: Response, hasPosition: boolean): void {
  if (response.content?.['text/csv'] !== undefined) response.content['text/csv'] = { schema: { type: 'string' } };
  if (hasPosition) response.headers = { 'Duestream-Position': POSITION };
}

const POSITION = {
  description: 'of the event store, as far as this answer knows it; opaque',
  schema: { type: 'string' },
} as const;

/** What a query shows, and where a write stands. */
function showsPosition(address: string, { parameters = [], responses }: Operation): boolean {
  const asksForOne = parameters.some((one) => 'name' in one && one.name.toLowerCase() === MIN_POSITION_HEADER);
  return asksForOne || responses['201'] !== undefined || address === MESSAGES_PATH;
}
