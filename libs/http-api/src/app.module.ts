import { Module, type DynamicModule } from '@nestjs/common';
import { ApplicationModule, type AccountProcessor } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import type { EventStoreEngine } from '@duestream/event-store';
import { ReadModels } from '@duestream/read-models';
import { Metrics } from '@duestream/hosting';
import { AccountQueriesController } from './controllers/account-queries.controller';
import { AccountCommandsController } from './controllers/accounts.controller';
import { CashCommandsController } from './controllers/cash.controller';
import { DocumentCommandsController } from './controllers/documents.controller';
import { HealthController, type HealthChecks } from './controllers/health.controller';
import { HistoryController } from './controllers/history.controller';
import { MessagesController } from './controllers/messages.controller';
import { OperationsController } from './controllers/operations.controller';
import { OrderCommandsController } from './controllers/orders.controller';
import { PortfolioQueriesController } from './controllers/portfolio-queries.controller';
import { CommandDoor } from './edge/commands';
import { MinPosition } from './edge/min-position';
import { EVENT_STORE, HEALTH_CHECKS } from './tokens';

export interface AppParts {
  readonly processor: AccountProcessor<AccountState>;
  readonly store: EventStoreEngine;
  readonly readModels: ReadModels;
  readonly metrics: Metrics;
  readonly healthChecks: HealthChecks;
}

/** Everything in one process. */
@Module({})
export class AppModule {
  static of({ processor, store, readModels, metrics, healthChecks }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [ApplicationModule.withProcessor(processor)],
      controllers: [
        MessagesController,
        AccountCommandsController,
        OrderCommandsController,
        DocumentCommandsController,
        CashCommandsController,
        AccountQueriesController,
        PortfolioQueriesController,
        HistoryController,
        OperationsController,
        HealthController,
      ],
      providers: [
        CommandDoor,
        MinPosition,
        { provide: EVENT_STORE, useValue: store },
        { provide: ReadModels, useValue: readModels },
        { provide: Metrics, useValue: metrics },
        { provide: HEALTH_CHECKS, useValue: healthChecks },
      ],
    };
  }
}
