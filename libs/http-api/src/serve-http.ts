import type { AddressInfo } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PortTaken, type HealthChecks, type Surroundings } from '@duestream/hosting';
import type { Config } from '@duestream/platform';
import { addDocs } from './docs/docs-routes';
import { isMisshapenCommand } from './edge/refused-commands';
import { createHttpServer } from './http-server';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './limits';
import { describeApi } from './openapi';
import { RootModule } from './root.module';

export interface Served {
  /** Of the API; with none of it, health and metrics are all. */
  readonly modules: readonly DynamicModule[];
  readonly checks: HealthChecks;
  /** Where a test wants others than those configured. */
  readonly limits?: Partial<HttpLimits>;
}

/** Serves HTTP until the teardown; answers the address. */
export async function serveHttp(
  { modules, checks, limits }: Served,
  { host, port, limits: configured, ...callers }: Config['http'],
  { logger, metrics, teardown }: Surroundings,
): Promise<string> {
  const root = RootModule.of(modules, checks, metrics);
  const app = await createHttpServer(root, { ...DEFAULT_HTTP_LIMITS, ...configured, ...limits }, callers, logger);
  teardown.add('http', () => stopServing(app));
  const fastify = app.getHttpAdapter().getInstance();
  if (modules.length > 0) addDocs(fastify, () => describeApi(app));
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the address: addresses hold ids without end.
    const route = request.routeOptions.url ?? 'unknown';
    metrics.answeredHttp(request.method, route, reply.statusCode, reply.elapsedTime);
    if (isMisshapenCommand(request.method, route, reply.statusCode)) metrics.refused(1);
    if (logger.isLevelEnabled('debug')) {
      const { statusCode, elapsedTime } = reply;
      logger.debug({ method: request.method, route, status: statusCode, ms: Math.round(elapsedTime) }, 'answered');
    }
    done();
  });
  return listen(app, host, port);
}

/** Of the name, Fastify would listen on every address, by servers of its own that know nothing of our limits. */
const LOCALHOST = '127.0.0.1';

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host: host === 'localhost' ? LOCALHOST : host, port });
  } catch (error) {
    if (isPortTaken(error)) throw new PortTaken(host, port);
    throw error;
  }
  const { address, port: bound, family } = app.getHttpServer().address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}

/** How long a request may take to end once the server closes; then its connection is cut. */
const GRACE_MS = 15_000;
const SWEEP_MS = 50;

/** Finishes the requests in flight. Their connections stay open for more, so they are closed as they become idle. */
async function stopServing(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const sweeping = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cutting = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweeping);
    clearTimeout(cutting);
  }
}

function isPortTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
