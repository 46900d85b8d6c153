import type { KafkaMessage } from 'kafkajs';
import type { Checkpoint, EventHistory } from '../../port';

/** Where a consumer is in a partition. */
export interface Cursor {
  /** As the consumer has stored it: what its next batch expects. */
  readonly checkpoint: Checkpoint;
  /** Complete up to here. */
  readonly position: string | null;
  readonly offset: bigint;
  /** It is known that the partition's records from `offset` on lack nothing after `position`. */
  readonly isJoined: boolean;
}

/** How far the partition is complete after the records; a repetition of older ones takes nothing back. */
export function latest(
  position: string | null,
  records: readonly { readonly position: string }[],
  { comparePositions }: Pick<EventHistory, 'comparePositions'>,
): string | null {
  return records.reduce(
    (reached, read) => (reached === null || comparePositions(read.position, reached) > 0 ? read.position : reached),
    position,
  );
}

/** The records from an offset on, in batches. */
export function* chunksOf(
  messages: readonly KafkaMessage[],
  from: bigint,
  size: number,
): Generator<readonly KafkaMessage[]> {
  const wanted = messages.filter(({ offset }) => BigInt(offset) >= from);
  for (let start = 0; start < wanted.length; start += size) yield wanted.slice(start, start + size);
}
