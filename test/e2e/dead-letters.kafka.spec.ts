import { testKafkaConfig } from '@duestream/event-feed/testing';
import type { KafkaConfig } from '@duestream/platform';
import { createTestDatabase, describeWithKafka, type TestBroker } from '@duestream/platform/testing';
import { runCommandLine } from '../support/command-line';
import { KafkaDoor } from './support/kafka-door';
import { openAccount } from './support/messages';
import { startTestServer } from './support/server';

interface Letter {
  readonly id: string;
  readonly reason: string;
  readonly key: string | null;
  readonly valueBase64: string | null;
}

describeWithKafka('duestream dead-letter', (broker) => {
  it('lists what waits with its reason and bytes, and drops what is named', async () => {
    await withServer(broker, async (config, door) => {
      await door.sendRecords(
        { key: 'C-1', value: 'not JSON' },
        { key: 'C-2', value: '[]' },
        { key: null, value: null },
      );
      await door.deadLetters(3);
      const letters = await list(config);
      expect(letters.map(({ reason, key, valueBase64 }) => [reason, key, valueBase64]).sort()).toEqual([
        ['json.invalid', 'C-1', Buffer.from('not JSON').toString('base64')],
        ['message.not-an-object', 'C-2', Buffer.from('[]').toString('base64')],
        ['record.not-utf8', null, null],
      ]);
      const [first, ...others] = letters;
      expect(await run(config, 'drop', first?.id ?? '')).toMatchObject({ exitCode: 0 });
      expect(await list(config)).toEqual(others);
      expect(await run(config, 'drop', first?.id ?? '')).toMatchObject({ exitCode: 2 });
    });
  });

  it('sends the original to the intake again, under its key and with its headers', async () => {
    await withServer(broker, async (config, door) => {
      await door.sendRecords({ key: 'C-1', value: 'not JSON', headers: { trace: 'abc' } });
      await door.deadLetters(1);
      const before = await list(config);
      expect(await run(config, 'retry', '--all')).toMatchObject({ exitCode: 0 });
      // It is no better than before, so it comes back: the letter, its tombstone and the new letter.
      const records = await door.deadLetters(3);
      const again = records.filter(({ value }) => value !== null).at(-1);
      expect([again?.value?.toString(), again?.headers?.['trace']?.toString()]).toEqual(['not JSON', 'abc']);
      const after = await list(config);
      expect(after).toMatchObject([{ key: 'C-1', reason: 'json.invalid' }]);
      expect(after[0]?.id).not.toBe(before[0]?.id);
    });
  });

  it('asks which', async () => {
    const config = testKafkaConfig(broker);
    expect(await run(config, 'drop')).toMatchObject({ exitCode: 2 });
  });
});

async function withServer(broker: TestBroker, work: (config: KafkaConfig, door: KafkaDoor) => Promise<void>) {
  const database = await createTestDatabase();
  const kafka = testKafkaConfig(broker);
  const server = await startTestServer(database.connectionString, {}, { feed: { kind: 'kafka', kafka } });
  try {
    const door = new KafkaDoor(kafka);
    await door.send(openAccount('C-9'));
    await work(kafka, door);
  } finally {
    await server.close();
    await database.drop();
  }
}

async function list(config: KafkaConfig): Promise<readonly Letter[]> {
  const { out } = await run(config, 'list', '--format', 'json');
  return (JSON.parse(out) as { readonly items: readonly Letter[] }).items;
}

function run({ brokers, topicPrefix, partitions }: KafkaConfig, ...args: readonly string[]) {
  return runCommandLine(['dead-letter', ...args], {
    DUESTREAM_FEED: 'kafka',
    DUESTREAM_KAFKA_BROKERS: brokers.join(','),
    DUESTREAM_KAFKA_TOPIC_PREFIX: topicPrefix,
    DUESTREAM_KAFKA_PARTITIONS: String(partitions),
  });
}
