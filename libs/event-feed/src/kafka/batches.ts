import type { IHeaders, Message } from 'kafkajs';

/** Of a batch without its records, and at most of a record without its key, value and headers, or of one header. */
const BATCH_BYTES = 61;
const RECORD_BYTES = 36;
const HEADER_BYTES = 10;

/**
 * In order, in batches that a topic takes which takes `maxBytes`. The broker measures a batch, which is all that a send
 * has for a partition. What is too long by itself is alone.
 */
export function batchesWithin<T>(
  items: readonly T[],
  recordOf: (item: T) => Message,
  maxBytes: number,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = recordBytes(recordOf(item));
    const last = batches.at(-1);
    bytes += size;
    if (last !== undefined && bytes <= maxBytes) {
      last.push(item);
    } else {
      batches.push([item]);
      bytes = BATCH_BYTES + size;
    }
  }
  return batches;
}

/** At most so many bytes as a batch of its own, which is what the limit of a topic is held against. */
export function bytesAlone(record: Message): number {
  return BATCH_BYTES + recordBytes(record);
}

function recordBytes({ key = null, value, headers = {} }: Message): number {
  return RECORD_BYTES + bytesOf(key) + bytesOf(value) + headersBytes(headers);
}

function headersBytes(headers: IHeaders): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      bytes += HEADER_BYTES + bytesOf(name) + bytesOf(one ?? null);
    }
  }
  return bytes;
}

function bytesOf(part: Buffer | string | null): number {
  return part === null ? 0 : Buffer.byteLength(part);
}
