import type { AccountId } from '@duestream/domain';
import { sha256Hex } from '../canonical-json';
import type { Answer } from '../http/answer';

/** The answer to one inbound message on `duestream.answers.v1`. */
export interface AnswerEvent {
  readonly specversion: '1.0';
  /** The same for every answer to the same message: who gets several knows it. */
  readonly id: string;
  readonly source: '/duestream';
  readonly type: 'duestream.message.answered.v1';
  readonly subject: AccountId;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Of the message. */
  readonly causationid: string;
  readonly causationsource: string;
  readonly data: Answer;
}

export interface AnsweredMessage {
  readonly id: string;
  readonly source: string;
  readonly accountId: AccountId;
}

export function answerEvent({ id, source, accountId }: AnsweredMessage, answer: Answer, now: Date): AnswerEvent {
  return {
    specversion: '1.0',
    id: sha256Hex(JSON.stringify([source, id])),
    source: '/duestream',
    type: 'duestream.message.answered.v1',
    subject: accountId,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    causationid: id,
    causationsource: source,
    data: answer,
  };
}
