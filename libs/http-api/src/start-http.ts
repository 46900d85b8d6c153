import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AccountProcessor } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import type { KafkaConnection } from '@duestream/event-feed';
import type { EventStoreEngine } from '@duestream/event-store';
import { PortTaken, type Metrics, type Teardown } from '@duestream/hosting';
import type { Config, EmbeddedPostgres, Logger } from '@duestream/platform';
import type { ReadModels } from '@duestream/read-models';
import { AppModule } from './app.module';
import type { HealthAnswer, HealthChecks } from './controllers/health.controller';
import { addDocs } from './docs/docs-routes';
import { createHttpServer } from './http-server';
import type { HttpLimits } from './limits';
import { describeApi } from './openapi';

export interface HttpParts {
  readonly processor: AccountProcessor<AccountState>;
  readonly store: EventStoreEngine;
  /** Null: the database is somebody else's. */
  readonly embedded: EmbeddedPostgres | null;
  readonly readModels: ReadModels;
  /** Null with the direct feed. */
  readonly kafka: Pick<KafkaConnection, 'health'> | null;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Serves HTTP until the teardown; answers the address. */
export async function startHttp(
  parts: HttpParts,
  { host, port }: Config['http'],
  limits: HttpLimits,
  teardown: Teardown,
): Promise<string> {
  const { logger, metrics } = parts;
  const app = await createHttpServer(AppModule.of({ ...parts, healthChecks: healthChecks(parts) }), limits, logger);
  teardown.add('http', () => stopServing(app));
  const fastify = app.getHttpAdapter().getInstance();
  addDocs(fastify, () => describeApi(app));
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, not the address: addresses hold ids without end.
    const route = request.routeOptions.url ?? 'unknown';
    metrics.answeredHttp(request.method, route, reply.statusCode, reply.elapsedTime);
    if (logger.isLevelEnabled('debug')) {
      const { statusCode, elapsedTime } = reply;
      logger.debug({ method: request.method, route, status: statusCode, ms: Math.round(elapsedTime) }, 'answered');
    }
    done();
  });
  return listen(app, host, port);
}

async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
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

function healthChecks({ store, embedded, readModels, processor, kafka }: HttpParts): HealthChecks {
  return {
    ...(embedded === null ? {} : { database: () => Promise.resolve(healthOf(embedded)) }),
    eventStore: () => store.health(),
    readModels: () => readModels.health(),
    ...(kafka === null ? {} : { kafka: () => kafka.health() }),
    accountProcessor: async () =>
      Promise.resolve({ ready: !processor.isClosing, ...(processor.isClosing ? { reason: 'it is closing' } : {}) }),
  };
}

function healthOf(embedded: EmbeddedPostgres): HealthAnswer {
  const state = embedded.state();
  if (state.status === 'ready') return { ready: true };
  return { ready: false, reason: state.status === 'down' ? state.reason : `PostgreSQL is ${state.status}` };
}
