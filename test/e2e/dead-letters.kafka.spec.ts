import { testKafkaConfig } from '@duestream/event-feed/testing';
import type { KafkaConfig } from '@duestream/platform';
import { createTestDatabase, describeWithKafka, type TestBroker } from '@duestream/platform/testing';
import { runCommandLine } from '../support/command-line';
import { KafkaDoor } from './support/kafka-door';
import { containing } from './support/matchers';
import { openAccount } from './support/messages';
import { startTestServer } from './support/server';

interface Letter {
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
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

  it('takes those of a key, of a reason or of a time, and tells how many', async () => {
    await withServer(broker, async (config, door) => {
      await door.sendRecords(
        { key: 'C-1', value: 'not JSON' },
        { key: 'C-1', value: '[]' },
        { key: 'C-2', value: 'not JSON either' },
        { key: 'C-3', value: JSON.stringify(openAccount('C-3')).replace('{', '{"__proto__":{},') },
      );
      await door.deadLetters(4);
      const reasons = async (...filter: readonly string[]) =>
        (await list(config, ...filter)).map(({ key, reason }) => `${key} ${reason}`).sort();
      expect(await reasons('--key', 'C-1')).toEqual(['C-1 json.invalid', 'C-1 message.not-an-object']);
      expect(await reasons('--key', 'C-1', '--reason', 'json.invalid')).toEqual(['C-1 json.invalid']);
      expect(await reasons('--before', '2020-01-01T00:00:00Z')).toEqual([]);
      const dropped = await run(config, 'drop', '--key', 'C-1');
      expect([dropped.exitCode, dropped.err]).toEqual([0, containing('drop: 2 dead letter(s)')]);
      expect(await reasons()).toEqual(['C-2 json.invalid', 'C-3 json.forbidden-key']);
      expect((await list(config, '--key', 'C-3'))[0]?.detail).toContain('__proto__');
      const retried = await run(config, 'retry', '--reason', 'json.invalid');
      expect([retried.exitCode, retried.err]).toEqual([0, containing('retry: 1 dead letter(s)')]);
      await door.deadLetters(8);
      expect(await reasons('--before', '2999-01-01T00:00:00Z')).toEqual(['C-2 json.invalid', 'C-3 json.forbidden-key']);
    });
  });

  it.each([
    ['nothing', []],
    ['letters as well as all', ['0-0-0', '--all']],
    ['all as well as a key', ['--all', '--key', 'C-1']],
    ['a time that is none', ['--before', 'yesterday']],
  ])('asks which when it is told %s', async (_what, args) => {
    const config = testKafkaConfig(broker);
    expect(await run(config, 'drop', ...args)).toMatchObject({ exitCode: 2 });
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

async function list(config: KafkaConfig, ...filter: readonly string[]): Promise<readonly Letter[]> {
  const { out } = await run(config, 'list', '--format', 'json', ...filter);
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
