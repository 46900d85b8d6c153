import { Kafka, logLevel } from 'kafkajs';
import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { Leases } from './lease';
import { Relay } from './relay';

/** It stands by, or is kept from the lease: it asks no broker. */
const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING });
const store = {
  subscribeToAll: (): never => {
    throw new Error('nothing is relayed here');
  },
};

describe('a relay', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('says why it can not even stand by', async () => {
    const { connectionString } = database;
    const options = { connectionString, name: 'events', holder: 'another', ttlMs: 60_000, onError: () => undefined };
    const others = await Leases.open(options);
    const lease = await others.tryAcquire();
    expect(lease).not.toBeNull();
    let failed = (_error: Error): void => undefined;
    const failure = new Promise<Error>((resolve) => (failed = resolve));
    const relay = await Relay.start({
      ...{ store, kafka, connectionString, topic: 'events', partitions: 1, maxMessageBytes: 1_000_000 },
      onError: (error) => failed(error),
    });
    try {
      expect([relay.state, relay.trouble]).toEqual(['standby', null]);
      await database.drop();
      const { message } = await failure;
      expect([relay.state, relay.trouble]).toEqual(['standby', message]);
    } finally {
      await relay.stop();
      // It has been lost with its database.
      await lease?.release().catch(() => undefined);
      await others.close();
    }
  });
});
