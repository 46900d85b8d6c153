import { CommandHandler, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { AccountState } from '@duestream/domain';
import { AccountProcessor } from '../processor/account-processor';
import { DecisionBroken, ProcessorError } from '../processor/errors';
import type { Answer } from '../processor/requests';
import { ActByHand, CheckOrder, RecordMessage, RecordMessages } from './commands';
import { within } from './within';

@CommandHandler(RecordMessage)
export class RecordMessageHandler implements ICommandHandler<RecordMessage> {
  constructor(private readonly processor: AccountProcessor<AccountState>) {}

  execute({ message, context }: RecordMessage): Promise<Answer> {
    return within(this.processor.submit({ command: message, context }));
  }
}

@CommandHandler(RecordMessages)
export class RecordMessagesHandler implements ICommandHandler<RecordMessages> {
  constructor(private readonly processor: AccountProcessor<AccountState>) {}

  async execute({ messages }: RecordMessages): Promise<readonly (Answer | ProcessorError)[]> {
    const answers = this.processor.submitAll(messages.map(({ message, context }) => ({ command: message, context })));
    const settled = await within(Promise.allSettled(answers));
    return settled.map((one, index) => {
      if (one.status === 'fulfilled') return one.value;
      if (one.reason instanceof ProcessorError) return one.reason;
      return new DecisionBroken(messages[index]?.message.accountId ?? '', one.reason);
    });
  }
}

@CommandHandler(ActByHand)
export class ActByHandHandler implements ICommandHandler<ActByHand> {
  constructor(private readonly processor: AccountProcessor<AccountState>) {}

  execute({ command, context }: ActByHand): Promise<Answer> {
    return within(this.processor.submit({ command, context }));
  }
}

@QueryHandler(CheckOrder)
export class CheckOrderHandler implements IQueryHandler<CheckOrder> {
  constructor(private readonly processor: AccountProcessor<AccountState>) {}

  execute({ order, context }: CheckOrder): Promise<Answer> {
    return within(this.processor.preview({ command: order, context }));
  }
}

export const HANDLERS = [RecordMessageHandler, RecordMessagesHandler, ActByHandHandler, CheckOrderHandler];
