import createFastify from 'fastify';
import { refuseForeignPages, type Callers } from './foreign-pages';
import { HttpProblem } from './http-problem';

const LOOPBACK: Callers = { loopbackOnly: true };
const OPEN: Callers = { loopbackOnly: false };
const NAMED = ['duestream.example', 'orders'];

describe('the host that a request calls', () => {
  test.each([
    ['localhost:4400', LOOPBACK],
    ['LOCALHOST', LOOPBACK],
    ['127.0.0.1:4400', LOOPBACK],
    ['127.1.2.3', LOOPBACK],
    ['[::1]:4400', LOOPBACK],
    ['[::1]', LOOPBACK],
    ['Duestream.example:443', { ...LOOPBACK, allowedHosts: NAMED }],
    ['orders', { ...LOOPBACK, allowedHosts: NAMED }],
    ['127.0.0.1:4400', { ...OPEN, allowedHosts: NAMED }],
    ['orders:4400', { ...OPEN, allowedHosts: NAMED }],
    ['whatever.example', OPEN],
    ['10.0.0.5:4400', OPEN],
  ])('%s is answered', async (host, callers) => {
    expect(await statusOf('GET', { host }, callers)).toBe(200);
  });

  test.each([
    ['rebound.example:4400', LOOPBACK],
    ['localhost.rebound.example', LOOPBACK],
    ['127.0.0.1.rebound.example', LOOPBACK],
    ['10.0.0.5:4400', LOOPBACK],
    ['rebound.example', { ...LOOPBACK, allowedHosts: NAMED }],
    ['x.duestream.example', { ...LOOPBACK, allowedHosts: NAMED }],
    ['rebound.example', { ...OPEN, allowedHosts: NAMED }],
  ])('%s is not: 421', async (host, callers) => {
    expect(await statusOf('GET', { host }, callers)).toBe(421);
    expect(await statusOf('POST', { host }, callers)).toBe(421);
  });

  test('is named in the problem, with the variable that allows it', async () => {
    expect(await problemOf('GET', { host: 'rebound.example' }, LOOPBACK)).toMatchObject({
      code: 'host.unknown',
      field: 'Host',
      value: '"rebound.example"',
      detail: expect.stringMatching(/"rebound\.example".*DUESTREAM_ALLOWED_HOSTS/) as string,
    });
  });

  test('does not matter to probes of health, which know addresses only, but to everything else', async () => {
    const host = '10.1.2.3:4400';
    for (const address of ['/health/live', '/health/ready']) {
      expect(await statusOf('GET', { host }, LOOPBACK, address)).toBe(200);
      expect(await statusOf('POST', { host }, LOOPBACK, address)).toBe(421);
    }
    expect(await statusOf('GET', { host }, LOOPBACK, '/metrics')).toBe(421);
  });
});

describe('what a browser sends for a page of another site', () => {
  const own = { host: 'localhost:4400' };

  test.each([
    ['POST', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['PUT', { ...own, 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }],
    ['POST', { ...own, origin: 'https://elsewhere.example' }],
    ['POST', { ...own, origin: 'http://localhost:3000' }],
    ['POST', { ...own, origin: 'null' }],
  ])('is refused when it writes: %s %j is 403', async (method, headers) => {
    expect(await statusOf(method, headers, OPEN)).toBe(403);
    expect(await problemOf(method, headers, OPEN)).toMatchObject({ code: 'page.foreign' });
  });

  test.each([
    ['GET', { ...own, 'sec-fetch-site': 'cross-site' }, OPEN],
    ['HEAD', { ...own, origin: 'https://elsewhere.example' }, OPEN],
    ['POST', own, OPEN],
    ['POST', { ...own, 'sec-fetch-site': 'same-origin', origin: 'https://duestream.example' }, OPEN],
    ['POST', { ...own, 'sec-fetch-site': 'none' }, OPEN],
    ['POST', { ...own, origin: 'http://localhost:4400' }, OPEN],
    ['POST', { ...own, origin: 'https://duestream.example' }, { ...LOOPBACK, allowedHosts: NAMED }],
  ])('is taken otherwise: %s %j', async (method, headers, callers) => {
    expect(await statusOf(method, headers, callers)).toBe(200);
  });
});

type Headers = Readonly<Record<string, string>>;

async function statusOf(method: string, headers: Headers, callers: Callers, address?: string): Promise<number> {
  return (await answerTo(method, headers, callers, address)).statusCode;
}

async function problemOf(method: string, headers: Headers, callers: Callers): Promise<unknown> {
  return (await answerTo(method, headers, callers)).json();
}

async function answerTo(
  method: string,
  headers: Headers,
  callers: Callers,
  url = '/v1/operations/rebuild',
): Promise<{ readonly statusCode: number; json(): unknown }> {
  const fastify = createFastify();
  refuseForeignPages(fastify, callers);
  fastify.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof HttpProblem)) throw error;
    return reply.code(error.details.status).send(error.details);
  });
  fastify.all('*', () => 'taken');
  return fastify.inject({ method: method as 'GET', url, headers });
}
