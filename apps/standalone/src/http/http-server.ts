import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger, type Logger } from '@duestream/platform';
import { addBodyParsers } from './edge/body-parsers';
import { ProblemFilter, problemOf } from './edge/problem-filter';
import { PROBLEM_MEDIA_TYPE } from '@duestream/contracts';

/** 1 000 messages of a few kilobytes; a body beyond is 413. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** 128 characters of four bytes, each percent-encoded. */
const MAX_PARAM_LENGTH = 128 * 4 * 3;

/** Nest on Fastify, with our bodies, our problems and nothing that guesses. Not listening yet. */
export async function createHttpServer(module: DynamicModule, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
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
  addBodyParsers(fastify);
  await fastify.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], upgradeInsecureRequests: null } },
    strictTransportSecurity: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  return app;
}

/** Nest tells of every route that it finds; what goes wrong is enough. */
function quieter(logger: Logger): Logger {
  return logger.isLevelEnabled('debug') || !logger.isLevelEnabled('warn')
    ? logger
    : logger.child({}, { level: 'warn' });
}
