/** Kafka has fewer records than it acknowledged. Told, not fatal: everything is relayed again. */
export class RecordsLost extends Error {
  readonly code = 'relay.records-lost';
  constructor(
    readonly topic: string,
    readonly partitions: readonly number[],
  ) {
    super(
      `${topic} has lost acknowledged records of partition(s) ${partitions.join(', ')}: everything is relayed again`,
    );
  }
}
