import { CompressionTypes, ConfigResourceTypes, Partitioners, type Message } from 'kafkajs';
import { problemType, type Answer, type AnswerEvent } from '@duestream/contracts';
import { describeWithKafka } from '@duestream/platform/testing';
import { kafkaSurroundings, type KafkaSurroundings } from '../../testing/kafka-surroundings';
import { readTopic } from '../../testing/read-topic';
import { until } from '../../testing/until';
import { writeLz4 } from '../../testing/write-lz4';
import { DeadLetterBox } from './dead-letter-box';
import type { InboundHandler, InboundInContext, Recorded } from './handler';
import { Intake } from './intake';

describeWithKafka('the intake', (broker) => {
  let its: KafkaSurroundings;
  let intake: Intake;
  let accounts: ScriptedAccounts;
  const start = (chunkSize = 500): void => {
    const { kafka, topics, config } = its;
    const observer = { answered: () => undefined, deadLetter: () => undefined, rested: () => (accounts.rests += 1) };
    intake = new Intake({
      kafka,
      topics,
      groupPrefix: config.topicPrefix,
      maxMessageBytes: config.maxMessageBytes,
      handler: accounts,
      observer,
      chunkSize,
      onError: (error) => its.errors.push(error),
    });
  };
  beforeEach(async () => {
    its = await kafkaSurroundings(broker, { partitions: 1 });
    accounts = new ScriptedAccounts();
  });
  afterEach(async () => {
    await intake.stop();
    await its.close();
  });

  it('keeps the order of an account that takes no more for a while, sends nothing twice, and delays no other account', async () => {
    accounts.closed.add('B');
    await send(its, ['B', 'A', 'B', 'A', 'B', 'A']);
    start();
    await until(() => accounts.taken.length === 3);
    await until(() => accounts.rests >= 3);
    expect(accounts.taken).toEqual(['A 1', 'A 3', 'A 5']);
    accounts.closed.clear();
    await until(() => accounts.taken.length === 6);
    expect(accounts.taken).toEqual(['A 1', 'A 3', 'A 5', 'B 0', 'B 2', 'B 4']);
    const answers = await answersOf(its, 6);
    expect(answers.map(({ data }) => data.id).sort()).toEqual(['A 1', 'A 3', 'A 5', 'B 0', 'B 2', 'B 4']);
  });

  it('rests whole when there is no room, and has lost nothing when there is', async () => {
    accounts.isFull = true;
    await send(its, ['A', 'A', 'A', 'A', 'A']);
    start(2);
    await until(() => accounts.rests >= 2);
    expect(accounts.taken).toEqual([]);
    expect(await committed(its)).toBe('-1');
    accounts.isFull = false;
    await until(() => accounts.taken.length === 5);
    expect(accounts.taken).toEqual(['A 0', 'A 1', 'A 2', 'A 3', 'A 4']);
  });

  it('commits an offset only when the answers before it are there, and goes on behind it after a restart', async () => {
    await send(its, ['A', 'A', 'A']);
    start();
    await until(async () => (await committed(its)) === '3');
    expect(await answersOf(its, 3)).toHaveLength(3);
    await intake.stop();
    await send(its, ['A', 'A'], 3);
    start();
    await until(() => accounts.taken.length === 5);
    expect(accounts.taken).toEqual(['A 0', 'A 1', 'A 2', 'A 3', 'A 4']);
  });

  it('sends answers that are together longer than a batch may be, and without contents one that is so alone', async () => {
    const accountIds = ['A', 'A', 'A', 'B'];
    for (const id of ['A 0', 'A 1', 'A 2']) accounts.contents.set(id, 'x'.repeat(900_000));
    accounts.contents.set('B 3', 'x'.repeat(2 * its.config.maxMessageBytes));
    await send(its, accountIds);
    start();
    const answers = await answersOf(its, 4);
    const lengths = answers.map(({ data }) => JSON.stringify(data.problem?.contents?.first)?.length);
    expect(lengths).toEqual([900_002, 900_002, 900_002, undefined]);
    expect(answers[3]?.data).toMatchObject({ id: 'B 3', status: 'refused', problem: { code: 'document.differs' } });
    expect(its.errors).toEqual([]);
  });

  it('parks the beginning of a record that is longer than a dead letter may be, and goes on', async () => {
    await allowLongRecords(its);
    await sendRaw(its, { key: 'A', value: 'not JSON'.repeat(500_000), headers: { trace: 'abc' } });
    await send(its, ['A']);
    start();
    expect(await answersOf(its, 1)).toHaveLength(1);
    const box = new DeadLetterBox(its.kafka, its.topics, its.config.maxMessageBytes);
    const [letter] = await box.list();
    expect(letter).toMatchObject({ reason: 'json.invalid', cutFrom: 4_000_000, key: Buffer.from('A'), headers: {} });
    expect(letter?.value?.length).toBeGreaterThan(its.config.maxMessageBytes);
    await expect(box.retry(letter === undefined ? [] : [letter])).rejects.toMatchObject({ code: 'dead-letters.cut' });
    await box.drop(letter === undefined ? [] : [letter]);
    expect(await box.list()).toEqual([]);
  });

  it('takes dead letters again that are together longer than a batch may be', async () => {
    const value = 'not JSON'.repeat(100_000);
    for (let n = 0; n < 3; n += 1) await sendRaw(its, { key: 'A', value });
    start();
    const box = new DeadLetterBox(its.kafka, its.topics, its.config.maxMessageBytes);
    await until(async () => (await box.list()).length === 3);
    const before = await box.list();
    await box.retry(before);
    await until(async () => (await box.list()).length === 3);
    const after = await box.list();
    expect(after.map((letter) => letter.value?.toString() === value)).toEqual([true, true, true]);
    expect(after.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
  });

  it('takes what a producer has compressed in a way that the client does not read', async () => {
    writeLz4();
    await send(its, ['A', 'A'], 0, CompressionTypes.LZ4);
    await send(its, ['A'], 2);
    start();
    expect(await answersOf(its, 3)).toHaveLength(3);
    expect(accounts.taken).toEqual(['A 0', 'A 1', 'A 2']);
  });

  it('answers and parks what met a defect', async () => {
    accounts.broken.add('A 1');
    await send(its, ['A', 'A', 'A']);
    start();
    const answers = await answersOf(its, 3);
    expect(answers.map(({ data }) => data.status)).toEqual(['accepted', 'refused', 'accepted']);
    const [parked] = await readTopic(its.kafka, its.topics.deadLetters, (records) => records.length === 1);
    expect(parked?.headers?.['duestream-reason']?.toString()).toBe('internal');
    expect(parked?.value?.toString()).toContain('"A 1"');
  });
});

/** Takes messages, or not, as a test says. */
class ScriptedAccounts implements InboundHandler {
  readonly taken: string[] = [];
  readonly closed = new Set<string>();
  readonly broken = new Set<string>();
  /** What was recorded under the same number before. */
  readonly contents = new Map<string, string>();
  isFull = false;
  rests = 0;

  record(messages: readonly InboundInContext[]): Promise<readonly Recorded[]> {
    return Promise.resolve(
      messages.map(({ message }): Recorded => {
        const { id, accountId } = message;
        if (this.isFull || this.closed.has(accountId)) return { kind: 'passing', error: new Error('not now') };
        const first = this.contents.get(id);
        if (first !== undefined) return { kind: 'answered', answer: inConflict(id, first) };
        if (this.broken.has(id)) return { kind: 'broken', answer: answered(id, 'refused') };
        this.taken.push(id);
        return { kind: 'answered', answer: answered(id, 'accepted') };
      }),
    );
  }

  refuse(id: string): Answer {
    return answered(id, 'refused');
  }
}

function answered(id: string, status: Answer['status']): Answer {
  return { id, status, accountRevision: null, position: null };
}

function inConflict(id: string, first: string): Answer {
  const code = 'document.differs';
  const problem = { type: problemType(code), title: 'Conflict', status: 409, detail: 'Another content.', code };
  return Object.assign(answered(id, 'refused'), {
    problem: Object.assign(problem, { contents: { first, second: '' } }),
  });
}

/** As an operator may do: the topic takes more than it has to. */
async function allowLongRecords({ kafka, topics }: KafkaSurroundings): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [
    { name: 'max.message.bytes', value: '16777216' },
    { name: 'compression.type', value: 'uncompressed' },
  ];
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topics.inbound, configEntries }];
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

async function sendRaw({ kafka, topics }: KafkaSurroundings, message: Message): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic: topics.inbound, messages: [message] });
  await producer.disconnect();
}

async function send(
  its: KafkaSurroundings,
  accountIds: readonly string[],
  from = 0,
  compression = CompressionTypes.None,
): Promise<void> {
  const producer = its.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = accountIds.map((subject, index) => {
    const [id, type] = [`${subject} ${from + index}`, 'account.changed.v1'];
    const message = { specversion: '1.0', id, source: '/test', type, subject, data: { name: id } };
    return { key: subject, value: JSON.stringify(message) };
  });
  await producer.send({ topic: its.topics.inbound, compression, messages });
  await producer.disconnect();
}

async function answersOf({ kafka, topics }: KafkaSurroundings, count: number): Promise<readonly AnswerEvent[]> {
  const records = await readTopic(kafka, topics.answers, (read) => read.length >= count);
  return records.map(({ value }) => JSON.parse(value?.toString() ?? '') as AnswerEvent);
}

/** The group's offset in the only partition; -1 before the first. */
async function committed({ kafka, topics, config }: KafkaSurroundings): Promise<string | undefined> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const groupId = `${config.topicPrefix}duestream-intake`;
    const [found] = await admin.fetchOffsets({ groupId, topics: [topics.inbound] });
    return found?.partitions[0]?.offset;
  } finally {
    await admin.disconnect();
  }
}
