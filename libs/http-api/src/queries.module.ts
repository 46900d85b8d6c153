import { Module, type DynamicModule } from '@nestjs/common';
import type { EventStoreEngine } from '@duestream/event-store';
import { ReadModels } from '@duestream/read-models';
import { AccountQueriesController } from './controllers/account-queries.controller';
import { HistoryController } from './controllers/history.controller';
import { OperationsController } from './controllers/operations.controller';
import { PortfolioQueriesController } from './controllers/portfolio-queries.controller';
import { MinPosition } from './edge/min-position';
import { EVENT_STORE } from './tokens';

export interface QueryParts {
  readonly readModels: ReadModels;
  readonly store: EventStoreEngine;
}

/** What is asked: read models, history and state, and the operations that prove or rebuild them. */
@Module({})
export class QueriesModule {
  static of({ readModels, store }: QueryParts): DynamicModule {
    return {
      module: QueriesModule,
      controllers: [AccountQueriesController, PortfolioQueriesController, HistoryController, OperationsController],
      providers: [
        MinPosition,
        { provide: EVENT_STORE, useValue: store },
        { provide: ReadModels, useValue: readModels },
      ],
    };
  }
}
