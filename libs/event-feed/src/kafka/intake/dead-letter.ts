import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { DEAD_LETTER_HEADERS } from '@duestream/contracts';
import type { PoisonReason } from './read-inbound';

export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** The original bytes and headers, and ours beside them. The same record again has the same key, so it is kept once. */
export function deadLetterRecord(origin: Origin, { code, detail }: PoisonReason): Message {
  const { topic, partition, message } = origin;
  const own: IHeaders = {
    [DEAD_LETTER_HEADERS.reason]: code,
    [DEAD_LETTER_HEADERS.detail]: detail,
    [DEAD_LETTER_HEADERS.topic]: topic,
    [DEAD_LETTER_HEADERS.partition]: String(partition),
    [DEAD_LETTER_HEADERS.offset]: message.offset,
    [DEAD_LETTER_HEADERS.timestamp]: message.timestamp,
    ...(message.key === null ? {} : { [DEAD_LETTER_HEADERS.key]: message.key }),
    ...(message.value === null ? { [DEAD_LETTER_HEADERS.value]: 'null' } : {}),
  };
  return {
    key: deadLetterId(origin),
    value: message.value ?? Buffer.alloc(0),
    headers: Object.assign({}, message.headers, own),
  };
}

/** `partition-offset-timestamp` of the original: what an operator names it by. */
export function deadLetterId({ partition, message }: Origin): string {
  return `${partition}-${message.offset}-${message.timestamp}`;
}
