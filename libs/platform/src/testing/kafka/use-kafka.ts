import { randomBytes } from 'node:crypto';

/**
 * A `describe` whose tests run against the broker of this test run, and are left out when there is none: the run has
 * said so at its start. `prefix` is a start of names that nobody else uses, for topics and groups.
 */
export function describeWithKafka(name: string, define: (broker: TestBroker) => void): void {
  const broker = testBroker();
  if (broker === null) describe.skip(name, () => define(NOBODY));
  else describe(name, () => define(broker));
}

/** The broker of this test run; null when there is none. */
export function testBroker(): TestBroker | null {
  const brokers = (process.env['DUESTREAM_TEST_KAFKA'] ?? '').split(',').filter((address) => address !== '');
  return brokers.length === 0 ? null : { ...NOBODY, brokers };
}

const NOBODY: TestBroker = { brokers: [], newPrefix: () => `t${randomBytes(6).toString('hex')}.` };

export interface TestBroker {
  readonly brokers: readonly string[];
  readonly newPrefix: () => string;
}
