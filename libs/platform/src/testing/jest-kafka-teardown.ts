import './jest-kafka-setup';
import stopPostgres from './jest-global-teardown';

export default async function stopAfterRun(): Promise<void> {
  await globalThis.duestreamTestKafka?.stop();
  await stopPostgres();
}
