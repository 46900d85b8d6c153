import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from 'helmet';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger, type Logger } from '@duestream/platform';
import { addBodyParsers } from './edge/body-parsers';
import { refuseForeignPages, type Callers } from './edge/foreign-pages';
import { ProblemFilter, problemOf } from './edge/problem-filter';
import { addRequestAdmission } from './edge/request-admission';
import { answerUnreadable, refuseExpectation } from './edge/unreadable-requests';
import type { HttpLimits } from './limits';
import { MESSAGES_PATH, PROBLEM_MEDIA_TYPE } from '@duestream/contracts';

/** 128 characters of four bytes, each percent-encoded. */
const MAX_PARAM_LENGTH = 128 * 4 * 3;

/** Nest on Fastify, with our bodies, our problems and nothing that guesses. Not listening yet. */
export async function createHttpServer(
  module: DynamicModule,
  limits: HttpLimits,
  callers: Callers,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.maxBatchBytes,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.sweepEveryMs,
      // Node's own refusal of a request without a host has no body.
      requireHostHeader: false,
    },
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.stalledTimeoutMs,
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // What still comes in while it closes is answered like anything else, or by the processor's own problem.
    return503OnClosing: false,
    // Idle connections must not hold a shutdown up.
    forceCloseConnections: 'idle',
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const { details } = problemOf(error);
      void reply.code(details.status).header('content-type', PROBLEM_MEDIA_TYPE).send(details);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(quieter(logger)),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance();
  const server = app.getHttpServer();
  server.maxConnections = limits.maxConnections;
  server.on('checkExpectation', refuseExpectation);
  refuseForeignPages(fastify, callers);
  addRequestAdmission(fastify, limits);
  addBodyParsers(fastify);
  fastify.addHook('onRoute', (route) => {
    if (route.url !== MESSAGES_PATH) route.bodyLimit = limits.maxCommandBytes;
  });
  addSecurityHeaders(fastify);
  app.useGlobalFilters(new ProblemFilter(logger));
  return app;
}

/** Helmet's own middleware, made once: the wrapper for Fastify makes it anew for every request. */
function addSecurityHeaders(fastify: FastifyInstance): void {
  const setHeaders = helmet({
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], upgradeInsecureRequests: null } },
    strictTransportSecurity: false,
  });
  fastify.addHook('onRequest', (request, reply, done) => setHeaders(request.raw, reply.raw, () => done()));
}

/** Nest tells of every route that it finds; what goes wrong is enough. */
function quieter(logger: Logger): Logger {
  return logger.isLevelEnabled('debug') || !logger.isLevelEnabled('warn')
    ? logger
    : logger.child({}, { level: 'warn' });
}
