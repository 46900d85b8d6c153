import type { Message } from 'kafkajs';
import { watermark, WATERMARK_TYPE, type PublicEvent } from '@duestream/contracts';

/** CloudEvents 1.0 in structured mode. */
export const CLOUD_EVENT_HEADERS = { 'content-type': 'application/cloudevents+json; charset=utf-8' } as const;

export function eventRecord(event: PublicEvent): Message {
  return {
    key: event.subject,
    value: JSON.stringify(event),
    headers: CLOUD_EVENT_HEADERS,
    timestamp: String(Date.parse(event.time)),
  };
}

/** Tells a partition that everything up to a position of the store is in it, so that an idle one does not seem behind. */
export function watermarkRecord(partition: number, position: string, now: Date): Message {
  return {
    partition,
    key: null,
    value: JSON.stringify(watermark(partition, position, now)),
    headers: CLOUD_EVENT_HEADERS,
    timestamp: String(now.getTime()),
  };
}

export type ReadRecord =
  | { readonly kind: 'event'; readonly event: PublicEvent; readonly position: string }
  | { readonly kind: 'watermark'; readonly position: string }
  | { readonly kind: 'foreign' };

/** What the relay wrote. Anything else in its topic is not ours to understand. */
export function readRecord(value: Buffer | null): ReadRecord {
  const parsed = parseJson(value);
  if (!isObject(parsed) || typeof parsed['type'] !== 'string' || typeof parsed['position'] !== 'string') {
    return { kind: 'foreign' };
  }
  const { position } = parsed;
  if (parsed['type'] === WATERMARK_TYPE) return { kind: 'watermark', position };
  if (typeof parsed['subject'] !== 'string' || !isObject(parsed['data'])) return { kind: 'foreign' };
  if (typeof parsed['accountrevision'] !== 'string' || typeof parsed['time'] !== 'string') return { kind: 'foreign' };
  // The relay is the topic's only writer; what it writes is held against the schemas by its tests.
  return { kind: 'event', event: parsed as unknown as PublicEvent, position };
}

function parseJson(value: Buffer | null): unknown {
  if (value === null) return null;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
