import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fieldPath, isDeeperThan, MAX_BATCH_MESSAGES, MESSAGES_PATH, repeatedKeys } from '@duestream/contracts';
import { HttpProblem, httpProblem } from './http-problem';

/** Levels within a body: far more than any message has, far fewer than exhaust a stack. */
const MAX_LEVELS = 32;
const PROTO_KEY =
  /"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"\s*:/i;

/** One element of a batch, as far as it could be read. */
export type BatchElement = { readonly value: unknown } | { readonly unreadable: HttpProblem };

/** What the batch door takes: the keys of every element looked at by themselves, so that one bad one does not cost the others. */
export class BatchBody {
  constructor(
    /** How many there are; when they are too many, none was read. */
    readonly count: number,
    readonly elements: readonly BatchElement[],
  ) {}
}

/** JSON and NDJSON, strictly: UTF-8, whole, not too deep, each key once, no `__proto__`. Anything else is 415. */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const asBuffer = { parseAs: 'buffer' } as const;
  const json = ['application/json', 'application/cloudevents-batch+json'];
  fastify.addContentTypeParser(json, asBuffer, (request: FastifyRequest, bytes: Buffer, done: Done) =>
    settle(done, () => (isBatch(request) ? parseBatch(decode(bytes)) : parseJson(decode(bytes)))),
  );
  const ndjson = ['application/x-ndjson', 'application/ndjson'];
  fastify.addContentTypeParser(ndjson, asBuffer, (request: FastifyRequest, bytes: Buffer, done: Done) =>
    settle(done, () => {
      if (isBatch(request)) return parseLines(decode(bytes));
      throw unsupportedType(request.headers['content-type']);
    }),
  );
}

function isBatch({ method, url }: FastifyRequest): boolean {
  return method === 'POST' && url.split('?')[0] === MESSAGES_PATH;
}

export function unsupportedType(contentType: string | undefined): HttpProblem {
  const expected = 'application/json; for batches also application/x-ndjson';
  const value = contentType === undefined ? {} : { value: JSON.stringify(contentType.slice(0, 200)) };
  return httpProblem(415, 'content-type.unsupported', `This route takes ${expected}.`, {
    field: 'Content-Type',
    ...value,
    expected,
  });
}

/** A JSON text from anybody. Throws an `HttpProblem` for what no schema should have to look at. */
function parseJson(text: string): unknown {
  const value = parsed(text);
  // First the depth: looking for a key goes down as far as there is something.
  checkDepth(value);
  checkKeys(value, mayHoldProto(text));
  const [repeated] = repeatedKeys(text, value);
  if (repeated !== undefined) throw repeatedKey(fieldPath(repeated));
  return value;
}

function parseBatch(text: string): unknown {
  const value = parsed(text);
  // What is no list is refused as a whole, by the route.
  if (!Array.isArray(value)) return value;
  const values: readonly unknown[] = value;
  if (values.length > MAX_BATCH_MESSAGES) return new BatchBody(values.length, []);
  // As JSON that is broken, JSON that is too deep is no batch at all.
  checkDepth(value);
  const isSuspect = mayHoldProto(text);
  const elements = values.map((element) =>
    readElement(() => {
      checkKeys(element, isSuspect);
      return element;
    }),
  );
  for (const [index, ...path] of repeatedKeys(text, value)) {
    elements[Number(index)] = { unreadable: repeatedKey(fieldPath(path)) };
  }
  return new BatchBody(values.length, elements);
}

/** Blank lines, such as the one after the last line end, are no messages. */
function parseLines(text: string): BatchBody {
  const elements: BatchElement[] = [];
  let count = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.trim() === '') continue;
    count += 1;
    if (count <= MAX_BATCH_MESSAGES) elements.push(readElement(() => parseJson(line)));
  }
  return new BatchBody(count, elements);
}

function readElement(read: () => unknown): BatchElement {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof HttpProblem) return { unreadable: error };
    throw error;
  }
}

function checkDepth(value: unknown): void {
  if (!isDeeperThan(MAX_LEVELS, value)) return;
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [field = 'body'] = members.find(([, member]) => isDeeperThan(MAX_LEVELS - 1, member)) ?? [];
  const expected = `at most ${MAX_LEVELS} levels`;
  throw httpProblem(400, 'json.too-deep', `${field} is nested too deeply; expected ${expected}.`, { field, expected });
}

function mayHoldProto(text: string): boolean {
  return text.includes('\\u') ? PROTO_KEY.test(text) : text.includes('__proto__');
}

/** Throws an `HttpProblem` for a key that could reach a prototype. The value is known not to be too deep. */
function checkKeys(value: unknown, isSuspect: boolean): void {
  const path = isSuspect ? protoPath(value) : null;
  if (path === null) return;
  const field = fieldPath(path);
  throw httpProblem(400, 'json.forbidden-key', `A field is called ${field}.`, { field, expected: 'no such field' });
}

function protoPath(value: unknown): readonly string[] | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Object.hasOwn(value, '__proto__')) return ['__proto__'];
  for (const [name, member] of Object.entries(value)) {
    const inner = protoPath(member);
    if (inner !== null) return [name, ...inner];
  }
  return null;
}

function repeatedKey(field: string): HttpProblem {
  return httpProblem(400, 'json.repeated-key', `${field} is there twice; expected it once.`, {
    field,
    expected: 'it once',
  });
}

function parsed(text: string): unknown {
  if (text.trim() === '') {
    throw httpProblem(400, 'body.missing', 'The body is empty; expected JSON.', { field: 'body', expected: 'JSON' });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unreadable';
    const extras = { field: 'body', expected: 'JSON (RFC 8259)' };
    throw httpProblem(400, 'json.invalid', `This is not JSON: ${reason}.`, extras);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw httpProblem(400, 'body.not-utf8', 'The body is not UTF-8.', { field: 'body', expected: 'UTF-8' });
  }
}

type Done = (error: Error | null, body?: unknown) => void;

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
