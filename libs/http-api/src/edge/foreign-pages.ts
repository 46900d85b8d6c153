import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, type Problem } from '@duestream/contracts';
import { isLoopback, type Config } from '@duestream/platform';
import { httpProblem, type HttpProblem } from './http-problem';
import { isProbe } from './probe';

/** Who may call this server, and by which names. */
export type Callers = Pick<Config['http'], 'loopbackOnly' | 'allowedHosts'>;

/**
 * Turns away what a browser sends for a page of somebody else. There is no authentication, so that being able to reach
 * the server must not be enough: neither by a name that was made to lead here (DNS rebinding, where the page is of the
 * same origin as the server), nor by a request whose answer the page can't read, but which is carried out.
 */
export function refuseForeignPages(fastify: FastifyInstance, { loopbackOnly, allowedHosts = [] }: Callers): void {
  const allowed = new Set(allowedHosts);
  const checksHost = loopbackOnly || allowed.size > 0;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { host } = request.headers;
    // Probes call by whatever address they have, and learn nothing worth having.
    if (checksHost && host !== undefined && !isKnown(host, allowed) && !isProbe(request)) {
      done(refused(421, problem('host.unknown', 'Host', host, KNOWN_HOSTS)));
    } else {
      done(foreignWrite(request, allowed));
    }
  });
}

const KNOWN_HOSTS = 'localhost, a loopback address or a name that DUESTREAM_ALLOWED_HOSTS lists';
const OWN_PAGES = 'a page of this server: pages of others may not write here';

function isKnown(host: string, allowed: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return name === '[::1]' || isLoopback(name) || allowed.has(name);
}

/** Browsers tell by `Sec-Fetch-Site`, except of plain HTTP beyond loopback, where `Origin` is all there is. */
function foreignWrite({ method, headers }: FastifyRequest, allowed: ReadonlySet<string>): HttpProblem | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') {
    return refused(403, problem('page.foreign', 'Sec-Fetch-Site', site, OWN_PAGES));
  }
  const { origin } = headers;
  if (site !== undefined || origin === undefined) return undefined;
  const from = origin.replace(/^https?:\/\//, '');
  // A proxy may pass its requests on with another host than the one that the browser called.
  if (from === headers.host || allowed.has(from.replace(/:\d+$/, ''))) return undefined;
  return refused(403, problem('page.foreign', 'Origin', origin, OWN_PAGES));
}

function refused(status: number, what: Problem): HttpProblem {
  const { code, detail, field, value, expected } = what;
  return httpProblem(status, code, detail, { field, ...(value === null ? {} : { value }), expected });
}
