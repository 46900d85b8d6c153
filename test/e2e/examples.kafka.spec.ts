import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { testKafkaConfig } from '@duestream/event-feed/testing';
import {
  createTestDatabase,
  describeWithKafka,
  kafkaToolJars,
  whyNoJava,
  type TestDatabase,
} from '@duestream/platform/testing';
import { buildServer, startServerProcess, type ServerProcess } from '../support/server-process';
import { KafkaDoor } from './support/kafka-door';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');
const RECORDS = path.join(root, 'examples/send-orders/records.txt');
const START_TIMEOUT_MS = 300_000;

describeWithKafka('the examples of docs/guides/send-orders.md', (broker) => {
  const config = testKafkaConfig(broker);
  const env = {
    DUESTREAM_KAFKA_BROKERS: config.brokers.join(','),
    DUESTREAM_KAFKA_TOPIC_PREFIX: config.topicPrefix,
  };
  let database: TestDatabase;
  let server: ServerProcess;
  let guide: string;

  beforeAll(async () => {
    await buildServer('examples');
    database = await createTestDatabase();
    const partitions = { DUESTREAM_KAFKA_PARTITIONS: String(config.partitions) };
    const feed = { DUESTREAM_FEED: 'kafka', DUESTREAM_DATABASE_URL: database.connectionString };
    server = await startServerProcess({ ...env, ...partitions, ...feed });
    guide = await readFile(path.join(root, 'docs/guides/send-orders.md'), 'utf8');
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each(['http', 'kafka'])('%s.ts prints what the guide shows', async (name) => {
    const program = path.join(root, `dist/examples/send-orders/${name}.js`);
    const { stdout } = await run(process.execPath, [program], {
      env: { ...process.env, ...env, DUESTREAM_URL: server.url },
    });
    expect(stdout).toContain('ship it');
    expect(guide).toContain(stdout);
  });

  it('records.txt goes in by the console producer: three are taken, and what is no message is parked', async () => {
    const jars = await toolJars();
    if (jars === null) return;
    await produceByConsole(jars, `${config.topicPrefix}duestream.inbound.v1`);
    const door = new KafkaDoor(config);
    const answers = await door.answersOf((ids) => ids.has('C-2003 SO-1'));
    const own = answers.filter(({ subject }) => subject === 'C-2003');
    expect(own.map(({ data }) => data.status)).toEqual(['accepted', 'accepted', 'accepted']);
    const [letter] = await door.deadLetters(1);
    expect(letter?.value?.toString()).toBe('this is no message');
    expect(guide).toContain('duestream.inbound.v1 --property parse.key=true < examples/send-orders/records.txt');
  });

  /** Null, with a notice, where the tool is not to be had. */
  async function toolJars(): Promise<string | null> {
    const missing = await whyNoJava();
    if (missing === null) return kafkaToolJars();
    console.warn(`NOT RUN: Kafka's console producer (${missing})`);
    return null;
  }

  /** As kafka-console-producer.sh does it. */
  async function produceByConsole(jars: string, topic: string): Promise<void> {
    const tool = ['-cp', path.join(jars, '*'), 'org.apache.kafka.tools.ConsoleProducer'];
    const options = ['--bootstrap-server', config.brokers.join(','), '--topic', topic, '--property', 'parse.key=true'];
    const child = spawn('java', [...tool, ...options], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = once(child, 'exit');
    await pipeline(createReadStream(RECORDS), child.stdin);
    expect(await ended).toEqual([0, null]);
  }
});
