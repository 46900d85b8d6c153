import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { PoisonReason } from './read-inbound';

/** Where a dead letter came from and why it is one; headers of the record of these names. */
export const DEAD_LETTER_HEADERS = {
  reason: 'duestream-reason',
  detail: 'duestream-detail',
  topic: 'duestream-topic',
  partition: 'duestream-partition',
  offset: 'duestream-offset',
  timestamp: 'duestream-timestamp',
  /** The original key; absent where there was none. */
  key: 'duestream-key',
  /** `null` when the record had no value: here one without a value means that the letter is dealt with. */
  value: 'duestream-value',
} as const;

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
    headers: { ...message.headers, ...own },
  };
}

/** `partition-offset-timestamp` of the original: what an operator names it by. */
export function deadLetterId({ partition, message }: Origin): string {
  return `${partition}-${message.offset}-${message.timestamp}`;
}
