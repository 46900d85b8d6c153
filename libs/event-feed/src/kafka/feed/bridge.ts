import type { EachBatchPayload } from 'kafkajs';
import type { FeedConsumer } from '../../port';
import { checkpointText } from '../checkpoint';
import { partitionOf } from '../partitioning';
import { readRecord } from '../records';
import type { Cursor } from './cursor';
import type { KafkaSubscriptionOptions } from './kafka-subscription';

/**
 * Hands over from the store what the partition no longer has: everything between the cursor and the first record that
 * is there. Needed when a consumer was away for longer than Kafka keeps its records, or is new.
 */
export async function bridge(
  cursor: Cursor,
  payload: EachBatchPayload,
  { history, partitions }: KafkaSubscriptionOptions,
  consumer: FeedConsumer,
): Promise<Cursor> {
  const { batch } = payload;
  const until = firstPosition(batch.messages);
  if (until === null) return cursor;
  let { checkpoint, position } = cursor;
  const isMissing = (at: string | null): boolean => at === null || history.comparePositions(at, until) < 0;
  while (isMissing(position)) {
    const page = await history.readPage(position, consumer.batchSize);
    const next = checkpointText({ offset: null, position: page.position });
    const events = page.events.filter(({ subject }) => partitionOf(subject, partitions) === batch.partition);
    if (page.position === null || page.position === position) break;
    const handed = { partition: String(batch.partition), expected: checkpoint, next, events, position: page.position };
    if ((await consumer.handle(handed)) === 'fenced') throw new FencedWhileBridging();
    checkpoint = next;
    position = page.position;
    if (!payload.isRunning()) throw new FencedWhileBridging();
    await payload.heartbeat();
  }
  return { checkpoint, position, offset: cursor.offset, isCutOff: false };
}

/** Begins again at the checkpoint that is there now. */
class FencedWhileBridging extends Error {
  readonly code = 'feed.fenced';
  constructor() {
    super('another consumer has gone on with this partition');
  }
}

function firstPosition(messages: EachBatchPayload['batch']['messages']): string | null {
  for (const { value } of messages) {
    const read = readRecord(value);
    if (read.kind !== 'foreign') return read.position;
  }
  return null;
}
