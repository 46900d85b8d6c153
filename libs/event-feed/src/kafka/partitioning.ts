import { Partitioners, type ICustomPartitioner, type PartitionMetadata } from 'kafkajs';

/** Named in every producer: the client's own default has changed once, and would move accounts between partitions. */
export const accountPartitioner: ICustomPartitioner = () => Partitioners.DefaultPartitioner();

let partitioner: ReturnType<ICustomPartitioner> | undefined;

/** Where the records of an account are: murmur2 of the key, as with Kafka's own clients. */
export function partitionOf(accountId: string, partitions: number): number {
  const known = metadata.get(partitions) ?? leaderlessPartitions(partitions);
  metadata.set(partitions, known);
  partitioner ??= accountPartitioner();
  return partitioner({ topic: '', partitionMetadata: known, message: { key: accountId, value: null } });
}

const metadata = new Map<number, PartitionMetadata[]>();

function leaderlessPartitions(count: number): PartitionMetadata[] {
  return Array.from({ length: count }, (_, partitionId) => {
    return { partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] };
  });
}
