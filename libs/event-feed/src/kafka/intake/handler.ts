import type { Answer, Problem } from '@duestream/contracts';
import type { Enforcement, InboundMessage } from '@duestream/domain';

/** What brings messages to their accounts, behind the intake. */
export interface InboundHandler {
  /** One outcome per message, in the order given. An account's messages are taken in that order. */
  record(messages: readonly InboundInContext[]): Promise<readonly Recorded[]>;
  /** The answer to a message whose content has not the right shape. */
  refuse(id: string, problem: Problem): Answer;
}

export interface InboundInContext {
  readonly message: InboundMessage;
  readonly enforcement: Enforcement;
  readonly actorId: string;
}

export type Recorded =
  /** Durable, or refused for good. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** A defect of ours: answered, and kept to be tried again once it is mended. */
  | { readonly kind: 'broken'; readonly answer: Answer }
  /** Not taken now; nor was any later message of the same account. */
  | { readonly kind: 'passing'; readonly error: Error };
