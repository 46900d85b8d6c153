import { Command, Query } from '@nestjs/cqrs';
import type { CommandOf, InboundMessage, StaffType } from '@duestream/domain';
import type { ProcessorError } from '../processor/errors';
import type { Answer, CommandContext } from '../processor/requests';

/** One inbound message: a fact or a wish of the outer world. */
export class RecordMessage extends Command<Answer> {
  constructor(
    readonly message: InboundMessage,
    readonly context: CommandContext,
  ) {
    super();
  }
}

export interface MessageInContext {
  readonly message: InboundMessage;
  readonly context: CommandContext;
}

/** Many at once, each with its own fate, in the order given within an account. Rejects when they don't all find room. */
export class RecordMessages extends Command<readonly (Answer | ProcessorError)[]> {
  constructor(readonly messages: readonly MessageInContext[]) {
    super();
  }
}

type ByHand = { [T in StaffType]: CommandOf<T> }[Exclude<StaffType, 'credit.recheck'>];

/** What a person does: opens or changes an account, releases or rejects a held order. */
export class ActByHand extends Command<Answer> {
  constructor(
    readonly command: ByHand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** The decision that an order would get. Writes nothing. */
export class CheckOrder extends Query<Answer> {
  constructor(
    readonly order: CommandOf<'order.placed.v1'>,
    readonly context: CommandContext,
  ) {
    super();
  }
}
