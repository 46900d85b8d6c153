import { startKafkaCluster } from './kafka-cluster';
import { startKafkaContainer } from './kafka-container';
import { whyNoJava } from './kafka-jars';

export interface TestKafka {
  readonly brokers: readonly string[];
  readonly from: 'DUESTREAM_TEST_KAFKA' | 'Docker' | 'Maven and Java';
  stop(): Promise<void>;
}

/** Set in CI: without a broker the run fails, instead of leaving its tests out. */
const REQUIRED = 'DUESTREAM_TEST_KAFKA_REQUIRED';

/**
 * A real broker for the tests: the one that DUESTREAM_TEST_KAFKA names, else one in Docker, else Apache Kafka's jars
 * from Maven. Null, with a notice, when none of them is to be had.
 */
export async function findTestKafka(): Promise<TestKafka | null> {
  const named = process.env['DUESTREAM_TEST_KAFKA'];
  if (named !== undefined && named !== '') {
    return { brokers: named.split(','), from: 'DUESTREAM_TEST_KAFKA', stop: () => Promise.resolve() };
  }
  const container = await startKafkaContainer();
  if (container !== null) return { ...container, from: 'Docker' };
  const missing = await whyNoJava();
  if (missing === null) return { ...(await startKafkaCluster()), from: 'Maven and Java' };
  const notice = `NOT RUN: Kafka (DUESTREAM_TEST_KAFKA is not set, no Docker engine answers, ${missing})`;
  if (process.env[REQUIRED] === '1') throw new Error(`${notice}; ${REQUIRED}=1 asks for a broker`);
  console.warn(`\n${'!'.repeat(notice.length)}\n${notice}\n${'!'.repeat(notice.length)}\n`);
  return null;
}
