import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditedStore } from '@duestream/audit';
import { ReadModelBehind, ReadModels } from '@duestream/read-models';
import { MIN_POSITION_HEADER, MIN_POSITION_WAIT_MS, problem } from '@duestream/contracts';
import { EVENT_STORE } from '../tokens';
import { shapeProblem } from './http-problem';

/** Lets a query wait for a write of the caller's own. */
@Injectable()
export class MinPosition implements NestInterceptor {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(EVENT_STORE) private readonly store: Pick<AuditedStore, 'readEnd' | 'comparePositions' | 'isPosition'>,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<ReturnType<CallHandler['handle']>> {
    const wanted = context.switchToHttp().getRequest<FastifyRequest>().headers[MIN_POSITION_HEADER];
    if (typeof wanted === 'string') await this.waitFor(wanted);
    return next.handle();
  }

  private async waitFor(wanted: string): Promise<void> {
    if (!this.store.isPosition(wanted)) throw unreadable(wanted);
    try {
      await this.readModels.waitFor(wanted, 0);
    } catch (error) {
      if (!(error instanceof ReadModelBehind)) throw error;
      if (await this.isGivenOut(wanted)) return this.readModels.waitFor(wanted, MIN_POSITION_WAIT_MS);
      throw unreadable(wanted);
    }
  }

  /** What lies beyond the store's end would be waited for in vain. */
  private async isGivenOut(position: string): Promise<boolean> {
    return this.store.comparePositions(position, await this.store.readEnd()) < 0;
  }
}

function unreadable(wanted: string): ReturnType<typeof shapeProblem> {
  return shapeProblem(
    problem('position.unreadable', 'Duestream-Min-Position', wanted, 'a position that this server has given out'),
  );
}
