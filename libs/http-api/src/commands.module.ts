import { Module, type DynamicModule } from '@nestjs/common';
import { AccountProcessor, ApplicationModule } from '@duestream/application';
import type { AccountState } from '@duestream/domain';
import type { EventStoreEngine } from '@duestream/event-store';
import { AccountCommandsController } from './controllers/accounts.controller';
import { CashCommandsController } from './controllers/cash.controller';
import { DocumentCommandsController } from './controllers/documents.controller';
import { MessagesController } from './controllers/messages.controller';
import { OrderCommandsController } from './controllers/orders.controller';
import { CommandDoor } from './edge/commands';
import { EVENT_STORE } from './tokens';

export interface CommandParts {
  readonly processor: AccountProcessor<AccountState>;
  readonly store: EventStoreEngine;
}

/** What decides: messages and single commands. */
@Module({})
export class CommandsModule {
  static of({ processor, store }: CommandParts): DynamicModule {
    return {
      module: CommandsModule,
      imports: [ApplicationModule.withProcessor(processor)],
      controllers: [
        MessagesController,
        AccountCommandsController,
        OrderCommandsController,
        DocumentCommandsController,
        CashCommandsController,
      ],
      providers: [
        CommandDoor,
        { provide: AccountProcessor, useValue: processor },
        { provide: EVENT_STORE, useValue: store },
      ],
    };
  }
}
