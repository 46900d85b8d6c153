import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isDeeperThan, MESSAGES_PATH } from '@duestream/contracts';
import { HttpProblem, httpProblem } from './http-problem';

/** Levels of a body: far more than any message has, far fewer than exhaust a stack. */
const MAX_LEVELS = 32;
const PROTO_KEY =
  /"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"\s*:/i;

/** Bytes that came as NDJSON: parsed line by line by the route that takes it. */
export class NdjsonBody {
  constructor(readonly text: string) {}
}

/** JSON and NDJSON, strictly: UTF-8, whole, not too deep, without `__proto__`. Anything else is 415. */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const asBuffer = { parseAs: 'buffer' } as const;
  fastify.addContentTypeParser(['application/json', 'application/cloudevents-batch+json'], asBuffer, parseJsonBody);
  fastify.addContentTypeParser(['application/x-ndjson', 'application/ndjson'], asBuffer, parseNdjsonBody);
}

/** A JSON text from anybody. Throws an `HttpProblem`. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw httpProblem(400, 'body.missing', 'The body is empty; expected JSON.');
  const value = parsed(text);
  checkJson(value, PROTO_KEY.test(text));
  return value;
}

/** Throws an `HttpProblem` for what no schema should have to look at. */
function checkJson(value: unknown, mayHoldProto = true): void {
  // First the depth: looking for a key goes down as far as there is something.
  checkDepth(value);
  if (mayHoldProto) checkKeys(value);
}

function checkDepth(value: unknown): void {
  if (isDeeperThan(MAX_LEVELS, value)) {
    const expected = `at most ${MAX_LEVELS} levels`;
    throw httpProblem(400, 'json.too-deep', `The JSON is nested too deeply; expected ${expected}.`, { expected });
  }
}

/** Throws an `HttpProblem` for a key that could reach a prototype. The value is known not to be too deep. */
export function checkKeys(value: unknown): void {
  if (!holdsProto(value)) return;
  throw httpProblem(400, 'json.forbidden-key', 'A field is called "__proto__".', {
    field: '__proto__',
    expected: 'no such field',
  });
}

function holdsProto(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsProto);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
    throw httpProblem(400, 'json.invalid', `This is not JSON: ${reason}.`, { expected: 'JSON (RFC 8259)' });
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw httpProblem(400, 'body.not-utf8', 'The body is not UTF-8.', { expected: 'UTF-8' });
  }
}

type Done = (error: Error | null, body?: unknown) => void;

function parseJsonBody(request: FastifyRequest, bytes: Buffer, done: Done): void {
  // The keys of a batch are checked message by message, so that one bad one does not cost the others.
  const isBatch = request.method === 'POST' && request.url.split('?')[0] === MESSAGES_PATH;
  settle(done, () => (isBatch ? parsedBatch(decode(bytes)) : parseJson(decode(bytes))));
}

function parsedBatch(text: string): unknown {
  const value = text.trim() === '' ? parseJson(text) : parsed(text);
  if (Array.isArray(value)) checkDepth(value);
  else checkJson(value);
  return value;
}

function parseNdjsonBody(_request: FastifyRequest, bytes: Buffer, done: Done): void {
  settle(done, () => new NdjsonBody(decode(bytes)));
}

function settle(done: Done, parse: () => unknown): void {
  let body: unknown;
  try {
    body = parse();
  } catch (error) {
    done(error instanceof HttpProblem ? error : new Error('a body parser failed', { cause: error }));
    return;
  }
  done(null, body);
}
