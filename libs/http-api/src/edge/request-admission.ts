import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '@duestream/contracts';
import type { HttpLimits } from '../limits';
import { HttpProblem, httpProblem, shapeProblem } from './http-problem';
import { onceOver } from './once-over';
import { isProbe } from './probe';

/** Turns away, before any of its body is read, what is one request too many. Probes of health always pass. */
export function addRequestAdmission(fastify: FastifyInstance, limits: HttpLimits): void {
  const requestsByClient = new Map<string, number>();
  let bodyBytes = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      done(shapeProblem(problem('header.missing', 'Host', undefined, 'the name or address of this server (RFC 9112)')));
      return;
    }
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'identity') {
      done(
        new HttpProblem({
          ...shapeProblem(problem('header.invalid', 'Content-Encoding', coding, 'none')).details,
          status: 415,
        }),
      );
      return;
    }
    if (isProbe(request)) {
      done();
      return;
    }
    const client = request.ip;
    const requests = (requestsByClient.get(client) ?? 0) + 1;
    const bytes = announcedBytes(request, limits);
    if (requests > limits.maxRequestsPerClient) {
      done(tooManyRequests(limits.maxRequestsPerClient));
      return;
    }
    if (bodyBytes + bytes > limits.maxBodyBytesAtOnce) {
      done(tooManyBytes(limits.maxBodyBytesAtOnce));
      return;
    }
    requestsByClient.set(client, requests);
    bodyBytes += bytes;
    onceOver(request, reply, () => {
      bodyBytes -= bytes;
      const left = (requestsByClient.get(client) ?? 1) - 1;
      if (left === 0) requestsByClient.delete(client);
      else requestsByClient.set(client, left);
    });
    done();
  });
}

const RETRY_AFTER_SECONDS = 1;

/** A body without a length may become as large as the route takes; one that is too large is not read at all. */
function announcedBytes({ headers, routeOptions }: FastifyRequest, { maxBatchBytes }: HttpLimits): number {
  const most = routeOptions.bodyLimit ?? maxBatchBytes;
  if (headers['transfer-encoding'] !== undefined) return most;
  const length = Number(headers['content-length'] ?? 0);
  return length <= most ? length : 0;
}

function tooManyRequests(limit: number): HttpProblem {
  const expected = `at most ${limit} requests of one client at once`;
  const { details } = httpProblem(429, 'client.too-many-requests', `Too much at once: ${expected}. Nothing was read.`, {
    expected,
    facts: { limit: String(limit) },
  });
  return new HttpProblem(details, RETRY_AFTER_SECONDS);
}

function tooManyBytes(limitBytes: number): HttpProblem {
  const detail = `The bodies of all requests under way would exceed ${limitBytes} bytes. Nothing was read; send it again later.`;
  const { details } = httpProblem(503, 'bodies.too-large', detail, { facts: { limitBytes: String(limitBytes) } });
  return new HttpProblem(details, RETRY_AFTER_SECONDS);
}
