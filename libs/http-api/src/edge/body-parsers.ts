import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  forbiddenKeyFault,
  jsonFault,
  MAX_BATCH_MESSAGES,
  MESSAGES_PATH,
  mayHoldForbiddenKey,
  repeatedKeyFault,
  repeatedKeys,
  tooDeepFault,
  type JsonFault,
} from '@duestream/contracts';
import { HttpProblem, httpProblem } from './http-problem';

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
  refuse(jsonFault(text, value));
  return value;
}

function parseBatch(text: string): unknown {
  const value = parsed(text);
  // What is no list is refused as a whole, by the route.
  if (!Array.isArray(value)) return value;
  const values: readonly unknown[] = value;
  if (values.length > MAX_BATCH_MESSAGES) return new BatchBody(values.length, []);
  // As JSON that is broken, JSON that is too deep is no batch at all.
  refuse(tooDeepFault(value));
  const mayHoldForbidden = mayHoldForbiddenKey(text);
  const elements = values.map((element) =>
    readElement(() => {
      if (mayHoldForbidden) refuse(forbiddenKeyFault(element));
      return element;
    }),
  );
  for (const [index, ...path] of repeatedKeys(text, value)) {
    elements[Number(index)] = { unreadable: problemOf(repeatedKeyFault(path)) };
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

function refuse(fault: JsonFault | null): void {
  if (fault !== null) throw problemOf(fault);
}

function problemOf({ problem: { code, detail, field, expected } }: JsonFault): HttpProblem {
  return httpProblem(400, code, detail, { field: field === '' ? 'body' : field, expected });
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
