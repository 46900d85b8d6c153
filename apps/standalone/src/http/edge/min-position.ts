import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ReadModels } from '@duestream/read-models';
import { MIN_POSITION_HEADER, MIN_POSITION_WAIT_MS } from '@duestream/contracts';

/** Lets a query wait for a write of the caller's own. */
@Injectable()
export class MinPosition implements NestInterceptor {
  constructor(private readonly readModels: ReadModels) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<ReturnType<CallHandler['handle']>> {
    const wanted = context.switchToHttp().getRequest<FastifyRequest>().headers[MIN_POSITION_HEADER];
    if (typeof wanted === 'string') await this.readModels.waitFor(wanted, MIN_POSITION_WAIT_MS);
    return next.handle();
  }
}
