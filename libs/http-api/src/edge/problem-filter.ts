import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Overloaded, processorDetails, ProcessorError } from '@duestream/application';
import { PROBLEM_MEDIA_TYPE } from '@duestream/contracts';
import { UnreadablePosition } from '@duestream/event-feed';
import { Unavailable } from '@duestream/event-store';
import { isDatabaseAway, type Logger } from '@duestream/platform';
import { InvalidParameter, KnownAtTooLate, QueryRefused } from '@duestream/read-models';
import { unsupportedType } from './body-parsers';
import { HttpProblem, httpProblem } from './http-problem';

/** The one place where errors become HTTP answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { method, url, raw } = http.getRequest<FastifyRequest>();
    const { details, retryAfterSeconds } = raw.complete ? problemOf(error) : (brokenOff(error) ?? problemOf(error));
    if (details.status >= 500 && details.status !== 503) this.logger.error({ err: error, method }, 'request failed');
    // A stream that broke in the middle has sent its headers already.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
    // Fastify would close at once, and whoever is still sending would find a broken connection instead of the answer.
    if (details.status === 413) void reply.removeHeader('connection');
    const instance = url.length > MAX_INSTANCE_LENGTH ? {} : { instance: url };
    void reply
      .code(details.status)
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .send(Object.assign({}, details, instance));
  }
}

const MAX_INSTANCE_LENGTH = 2_048;

/** What any error says to the outside. What is not known is a defect and tells nothing of itself. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof ProcessorError) return processorProblem(error);
  if (error instanceof UnreadablePosition) {
    const expected = 'a position that this server has given out';
    return httpProblem(400, error.code, error.message, { field: 'Duestream-Min-Position', expected });
  }
  if (error instanceof QueryRefused) return queryProblem(error);
  if (error instanceof HttpException) return nestProblem(error);
  if (error instanceof Unavailable || isDatabaseAway(error)) return away();
  return fastifyProblem(error) ?? httpProblem(500, 'internal', 'Something went wrong here. It is in the log.');
}

/** The client broke off, so nobody will read this; it is no defect of ours. */
function brokenOff(error: unknown): HttpProblem | null {
  const isReset = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
  return isReset ? httpProblem(400, 'request.truncated', 'The request ended before it was whole.') : null;
}

/** Nothing was asked wrongly: the same will be answered when the engine is back. Which one it is, readiness tells. */
function away(): HttpProblem {
  const { details } = httpProblem(503, 'engine.away', 'A database that this answer needs is away. Ask again.');
  return new HttpProblem(details, RETRY_AFTER_SECONDS);
}

export function processorProblem(error: ProcessorError): HttpProblem {
  const details = processorDetails(error);
  if (details.status !== 503) return new HttpProblem(details);
  return new HttpProblem(details, error instanceof Overloaded ? error.retryAfterSeconds : RETRY_AFTER_SECONDS);
}

function queryProblem(error: QueryRefused): HttpProblem {
  const facts = Object.keys(error.facts).length === 0 ? {} : { facts: error.facts };
  const { details } = httpProblem(STATUS_BY_KIND[error.kind], error.code, error.message, {
    ...(error.field === null ? {} : { field: error.field }),
    ...(error instanceof InvalidParameter ? { value: error.value, expected: error.expected } : {}),
    ...(error instanceof KnownAtTooLate ? tooLate(error) : {}),
    ...facts,
  });
  return error.kind === 'behind' ? new HttpProblem(details, RETRY_AFTER_SECONDS) : new HttpProblem(details);
}

function tooLate({ knownAt, highWater }: KnownAtTooLate): Parameters<typeof httpProblem>[3] {
  return { value: JSON.stringify(knownAt), expected: `an instant up to ${highWater}` };
}

const STATUS_BY_KIND = { unknown: 404, invalid: 400, behind: 503 } as const;
const RETRY_AFTER_SECONDS = 2;

function nestProblem(error: HttpException): HttpProblem {
  const status = error.getStatus();
  if (status === 404) {
    return httpProblem(404, 'route.unknown', `There is nothing at this address: ${error.message}.`, IN_ADDRESS);
  }
  if (status === 415) return unsupportedType(undefined);
  const known = Object.values(FASTIFY_CODES).find(([ofStatus]) => ofStatus === status && status !== 400);
  if (known !== undefined) return httpProblem(...known);
  if (status < 500) return httpProblem(status, 'request.invalid', error.message);
  return httpProblem(500, 'internal', 'Something went wrong here. It is in the log.');
}

const IN_BODY = { field: 'body' };
const IN_ADDRESS = { field: 'address' };

const FASTIFY_CODES: Readonly<Record<string, Parameters<typeof httpProblem>>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body.too-large', 'The body is larger than this route takes.', IN_BODY],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    'body.wrong-length',
    'The body has not the length that Content-Length says.',
    IN_BODY,
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'body.missing', 'This route expects a JSON body.', IN_BODY],
  FST_ERR_BAD_URL: [
    400,
    'address.invalid',
    'The address is not correctly percent-encoded.',
    { expected: 'UTF-8, percent-encoded (RFC 3986)', ...IN_ADDRESS },
  ],
  FST_ERR_MAX_PARAM_LENGTH: [
    414,
    'address.too-long',
    'A part of the address is longer than any id.',
    { expected: 'ids of up to 128 characters', ...IN_ADDRESS },
  ],
};

function fastifyProblem(error: unknown): HttpProblem | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedType(undefined);
  const known = FASTIFY_CODES[error.code];
  if (known !== undefined) return httpProblem(...known);
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  const isClients = status >= 400 && status < 500 && error.code.startsWith('FST_');
  return isClients ? httpProblem(status, 'request.invalid', error.message) : null;
}
