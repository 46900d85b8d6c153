import type { Answer as AnswerBody, Problem } from '@duestream/contracts';
import type { InboundHandler, InboundInContext, Recorded } from '@duestream/event-feed';
import type { AccountState } from '@duestream/domain';
import { answerBody, refusedBody } from '../answers/answer-body';
import { processorDetails, shapeDetails } from '../answers/problem-details';
import type { AccountProcessor } from '../processor/account-processor';
import { DecisionBroken, ProcessorError } from '../processor/errors';
import { isPassing } from '../processor/passing';
import type { CommandRequest } from '../processor/requests';

/** Brings messages from Kafka to their accounts. What it answers is durable. */
export class InboundRecorder implements InboundHandler {
  constructor(private readonly processor: Pick<AccountProcessor<AccountState>, 'submitAll' | 'refusedAtTheDoor'>) {}

  async record(messages: readonly InboundInContext[]): Promise<readonly Recorded[]> {
    try {
      const answers = await Promise.allSettled(this.processor.submitAll(messages.map(requestOf)));
      return answers.map((answer, index): Recorded => {
        const id = messages[index]?.message.id ?? '';
        if (answer.status === 'fulfilled') return { kind: 'answered', answer: answerBody(id, answer.value) };
        return failed(messages[index], answer.reason);
      });
    } catch (error) {
      // Nothing was taken: there is no room, or the processor closes.
      if (!isPassing(error)) throw error;
      return messages.map(() => ({ kind: 'passing', error }));
    }
  }

  refuse(id: string, problem: Problem): AnswerBody {
    this.processor.refusedAtTheDoor(1);
    return refusedBody(id, shapeDetails(problem));
  }
}

function requestOf({ message, enforcement, actorId }: InboundInContext): CommandRequest {
  const actor = { id: actorId, via: 'kafka', authenticated: false };
  return { command: message, context: { actor, enforcement, businessDate: 'today' } };
}

function failed(inbound: InboundInContext | undefined, reason: unknown): Recorded {
  if (isPassing(reason)) return { kind: 'passing', error: reason };
  const { accountId = '', id = '' } = inbound?.message ?? {};
  const error = reason instanceof ProcessorError ? reason : new DecisionBroken(accountId, reason);
  const answer = refusedBody(id, processorDetails(error));
  return error instanceof DecisionBroken ? { kind: 'broken', answer } : { kind: 'answered', answer };
}
