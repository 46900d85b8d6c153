import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { DEAD_LETTER_HEADERS } from '@duestream/contracts';
import { bytesAlone } from '../batches';
import type { PoisonReason } from './read-inbound';

export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Of a letter that has to be cut, so much is kept of the original key, and of what was wrong. */
const KEY_BYTES = 1_024;
const DETAIL_CHARACTERS = 1_024;

/**
 * The original bytes and headers, and ours beside them. The same record again has the same key, so it is kept once. One
 * that the topic would not take is cut: it has our headers alone, the beginning of the value, and the value's length.
 */
export function deadLetterRecord(origin: Origin, reason: PoisonReason, maxBytes: number): Message {
  const { message } = origin;
  const whole = {
    key: deadLetterId(origin),
    value: message.value ?? Buffer.alloc(0),
    headers: Object.assign({}, message.headers, ownHeaders(origin, reason)),
  };
  return bytesAlone(whole) <= maxBytes ? whole : cutRecord(origin, reason, maxBytes);
}

/** `partition-offset-timestamp` of the original: what an operator names it by. */
export function deadLetterId({ partition, message }: Origin): string {
  return `${partition}-${message.offset}-${message.timestamp}`;
}

function cutRecord({ topic, partition, message }: Origin, { code, detail }: PoisonReason, maxBytes: number): Message {
  const value = message.value ?? Buffer.alloc(0);
  const origin = { topic, partition, message: Object.assign({}, message, { key: beginningOf(message.key) }) };
  const headers = Object.assign(ownHeaders(origin, { code, detail: detail.slice(0, DETAIL_CHARACTERS) }), {
    [DEAD_LETTER_HEADERS.cut]: String(value.length),
  });
  const key = deadLetterId(origin);
  const room = maxBytes - bytesAlone({ key, value: null, headers });
  return { key, value: value.subarray(0, room), headers };
}

function beginningOf(key: Buffer | null): Buffer | null {
  return key === null ? null : key.subarray(0, KEY_BYTES);
}

function ownHeaders({ topic, partition, message }: Origin, { code, detail }: PoisonReason): IHeaders {
  return {
    [DEAD_LETTER_HEADERS.reason]: code,
    [DEAD_LETTER_HEADERS.detail]: detail,
    [DEAD_LETTER_HEADERS.topic]: topic,
    [DEAD_LETTER_HEADERS.partition]: String(partition),
    [DEAD_LETTER_HEADERS.offset]: message.offset,
    [DEAD_LETTER_HEADERS.timestamp]: message.timestamp,
    ...(message.key === null ? {} : { [DEAD_LETTER_HEADERS.key]: message.key }),
    ...(message.value === null ? { [DEAD_LETTER_HEADERS.value]: 'null' } : {}),
  };
}
