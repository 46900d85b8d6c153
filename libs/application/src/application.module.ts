import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { AccountState } from '@duestream/domain';
import { HANDLERS } from './commands/handlers';
import { AccountProcessor } from './processor/account-processor';

/** Puts the account processor behind Nest's command and query bus. */
@Module({})
export class ApplicationModule {
  static withProcessor(processor: AccountProcessor<AccountState>): DynamicModule {
    return {
      module: ApplicationModule,
      imports: [CqrsModule.forRoot()],
      providers: [{ provide: AccountProcessor, useValue: processor }, ...HANDLERS],
      exports: [CqrsModule],
    };
  }
}
