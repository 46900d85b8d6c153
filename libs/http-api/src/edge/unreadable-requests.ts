import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemDetails } from '@duestream/application';
import { problem, PROBLEM_MEDIA_TYPE, type ProblemDetails } from '@duestream/contracts';

/** Answers what is not HTTP, or not in time, so that no request reaches a route. The connection ends with it. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawAnswer(unreadableProblem(error.code ?? '')));
  socket.destroySoon();
}

/** `Expect` of anything but `100-continue`. */
export function refuseExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const { field, value, expected, detail } = problem('header.invalid', 'Expect', headers.expect, '100-continue');
  const extras = { field, ...(value === null ? {} : { value }), expected };
  const body = JSON.stringify(problemDetails(417, 'header.invalid', detail, extras));
  const head = { 'content-type': PROBLEM_MEDIA_TYPE, 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(417, head).end(body);
}

function unreadableProblem(code: string): ProblemDetails {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problemDetails(408, 'request.too-slow', 'The request did not come whole in time. Nothing was done.');
    case 'HPE_HEADER_OVERFLOW':
      return problemDetails(431, 'headers.too-large', 'Address and headers are larger than this server takes.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problemDetails(413, 'body.too-large', 'The extensions of a chunk are larger than this server takes.');
    case 'HPE_INVALID_EOF_STATE':
      return problemDetails(400, 'request.truncated', 'The request ended before it was whole. Nothing was done.');
    default:
      return problemDetails(400, 'request.malformed', 'This is not an HTTP request (RFC 9112).', {
        expected: 'a request line, headers and a body as RFC 9112 has them',
      });
  }
}

function rawAnswer(details: ProblemDetails): string {
  const body = JSON.stringify(details);
  const head = [
    `HTTP/1.1 ${details.status} ${STATUS_CODES[details.status] ?? 'Error'}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
