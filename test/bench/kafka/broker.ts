import { connectKafka, type KafkaConnection } from '@duestream/event-feed';
import { testKafkaConfig } from '@duestream/event-feed/testing';
import { findTestKafka } from '@duestream/platform/testing';
import type { Figure } from '../support/figure';
import type { Lab } from '../support/lab';

/** As many as the server's own topics have, unless they are configured otherwise. */
const PARTITIONS = 6;

/** A real broker with fresh topics for one measure; without one, the measure is left out, and says so. */
export async function withBroker(
  lab: Lab,
  work: (connection: KafkaConnection) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const broker = await findTestKafka();
  if (broker === null) {
    lab.note('         LEFT OUT: there is no Kafka broker (DUESTREAM_TEST_KAFKA, Docker, or Java with Maven)');
    return [];
  }
  try {
    const config = testKafkaConfig(
      { brokers: broker.brokers, newPrefix: () => `bench${Date.now()}.` },
      { partitions: PARTITIONS },
    );
    return await work(await connectKafka(config, () => undefined));
  } finally {
    await broker.stop();
  }
}
