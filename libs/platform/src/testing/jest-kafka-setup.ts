import startPostgres from './jest-global-setup';
import { findTestKafka, type TestKafka } from './kafka/test-kafka';

declare global {
  var duestreamTestKafka: TestKafka | null | undefined;
}

/** Set DUESTREAM_TEST_KAFKA to run the tests against brokers of your own. */
export default async function startForRun(): Promise<void> {
  await startPostgres();
  const kafka = await findTestKafka();
  globalThis.duestreamTestKafka = kafka;
  if (kafka !== null) process.env['DUESTREAM_TEST_KAFKA'] = kafka.brokers.join(',');
}
