import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { PublicEvent } from '@duestream/contracts';
import type { FeedConsumer } from '../../port';
import { checkpointText } from '../checkpoint';
import { partitionOf } from '../partitioning';
import { readRecord } from '../records';
import type { Cursor } from './cursor';
import type { KafkaSubscriptionOptions } from './kafka-subscription';

/**
 * Hands over from the store what the partition does not have: everything between the cursor and the first record from
 * there on. That is nothing, unless Kafka has dropped or lost records.
 */
export async function bridge(
  cursor: Cursor,
  payload: EachBatchPayload,
  { history, partitions }: KafkaSubscriptionOptions,
  consumer: FeedConsumer,
): Promise<Cursor> {
  const { partition, messages } = payload.batch;
  const first = firstRecord(messages, cursor.offset);
  if (first === null) return cursor;
  const isBefore = (at: string): boolean => {
    const order = history.comparePositions(at, first.position);
    return order < 0 || (order === 0 && !first.isEvent);
  };
  const isMissing = ({ subject, position }: PublicEvent): boolean =>
    isBefore(position) && partitionOf(subject, partitions) === partition;
  let { checkpoint, position } = cursor;
  let readTo = position;
  while (readTo === null || history.comparePositions(readTo, first.position) < 0) {
    const page = await history.readPage(readTo, consumer.batchSize);
    if (page.position === null || page.position === readTo) break;
    readTo = page.position;
    const events = page.events.filter(isMissing);
    const reached = events.at(-1)?.position;
    if (reached !== undefined) {
      const next = checkpointText({ offset: null, position: reached });
      const handed = { partition: String(partition), expected: checkpoint, next, events, position: reached };
      if ((await consumer.handle(handed)) === 'fenced') throw new FencedWhileBridging();
      checkpoint = next;
      position = reached;
    }
    if (!payload.isRunning()) throw new FencedWhileBridging();
    await payload.heartbeat();
  }
  return { checkpoint, position, offset: cursor.offset, isJoined: true };
}

/** Begins again at the checkpoint that is there now. */
class FencedWhileBridging extends Error {
  readonly code = 'feed.fenced';
  constructor() {
    super('another consumer has gone on with this partition');
  }
}

interface FirstRecord {
  readonly position: string;
  /** Else it tells that the partition has everything up to its position. */
  readonly isEvent: boolean;
}

function firstRecord(messages: readonly KafkaMessage[], from: bigint): FirstRecord | null {
  for (const { offset, value } of messages) {
    const read = BigInt(offset) < from ? null : readRecord(value);
    if (read !== null && read.kind !== 'foreign') return { position: read.position, isEvent: read.kind === 'event' };
  }
  return null;
}
