import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CloudEvent, Kafka as KafkaBinding, type CloudEventV1 } from 'cloudevents';
import {
  accountEventTypes,
  deadLetterHeadersProblem,
  inboundTypes,
  publishedProblem,
  type PublishedEvent,
} from '@duestream/contracts';
import { testKafkaConfig, type TopicRecord } from '@duestream/event-feed/testing';
import { createTestDatabase, describeWithKafka, type TestDatabase } from '@duestream/platform/testing';
import { KafkaDoor, type SentRecord } from './support/kafka-door';
import { euros } from './support/messages';
import { startTestServer, type TestServer } from './support/server';
import { STORY } from './support/story';

const ACCOUNT = 'C-1001';
const EXAMPLES = path.resolve(__dirname, '../../libs/contracts/examples.json');
const ASYNCAPI = path.resolve(__dirname, '../../docs/asyncapi.json');
const NOT_JSON = 'no message at all';

describeWithKafka('what Duestream reads from and writes to Kafka', (broker) => {
  const sent = messages();
  let database: TestDatabase;
  let server: TestServer;
  let answers: readonly TopicRecord[];
  let events: readonly TopicRecord[];
  let letter: TopicRecord | undefined;
  let groups: readonly string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const kafka = testKafkaConfig(broker);
    server = await startTestServer(database.connectionString, {}, { feed: { kind: 'kafka', kafka } });
    const door = new KafkaDoor(kafka);
    await door.sendRecords(...sent.map(recordOf), { key: ACCOUNT, value: NOT_JSON });
    answers = await door.answerRecords(sent.length);
    [letter] = await door.deadLetters(1);
    events = await door.accountEvents(isWhole);
    const own = (await door.groups()).filter((group) => group.startsWith(kafka.topicPrefix));
    groups = own.map((group) => group.slice(kafka.topicPrefix.length));
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('takes every type of message as the CloudEvents SDK makes it', () => {
    expect(new Set(sent.map(({ type }) => type))).toEqual(new Set(inboundTypes));
    const refused = answers.map(dataOf).filter(({ status }) => status === 'refused');
    expect(refused.map(({ problem }) => `${problem?.code} ${problem?.field}`).sort()).toEqual([
      'amount.too-many-decimals data.amount.amount',
      'document.conflict data.orderId',
    ]);
  });

  it('gives answers of every status that the SDK and their schema accept', () => {
    expect(new Set(answers.map((record) => dataOf(record).status))).toEqual(
      new Set(['accepted', 'duplicate', 'waiting', 'refused']),
    );
    expect(answers.flatMap(faultsOf)).toEqual([]);
  });

  it('publishes events of every type, and watermarks, that the SDK and their schemas accept', () => {
    const types = new Set(events.map((record) => eventOf(record).type));
    expect(types).toEqual(new Set([...accountEventTypes(), 'duestream.feed.watermark.v1']));
    expect(events.flatMap(faultsOf)).toEqual([]);
  });

  it('parks what is no message with headers as their schema says', () => {
    expect(letter?.value?.toString()).toBe(NOT_JSON);
    expect(deadLetterHeadersProblem(headersOf(letter))).toBeNull();
  });

  it('reads in the groups that docs/asyncapi.json names', () => {
    const { operations } = JSON.parse(readFileSync(ASYNCAPI, 'utf8')) as { readonly operations: object };
    const named = [...JSON.stringify(operations).matchAll(/"const":"([^"]+)"/g)].map(([, group]) => group);
    expect([...groups].sort()).toEqual(named.sort());
  });

  // To take what was read as the examples of docs/asyncapi.json: npm run contracts:examples
  if (process.env['UPDATE_EXAMPLES'] !== undefined) afterAll(writeExamples);

  function writeExamples(): void {
    const examples = {
      inbound: firstOfEach(sent.map(plain), ({ type }) => type),
      events: firstOfEach(events.map(eventOf), ({ type }) => type),
      answers: firstOfEach(answers.map(eventOf), nameOf),
      deadLetter: {
        headers: { ...headersOf(letter), 'duestream-topic': 'duestream.inbound.v1' },
        payload: NOT_JSON,
      },
    };
    writeFileSync(EXAMPLES, `${JSON.stringify(examples, null, 2)}\n`);
  }
});

/** Everything that can happen to an account, then the same again, the same number with other content, and a mistake. */
function messages(): readonly CloudEventV1<object>[] {
  const orders = STORY.filter(([type]) => type === 'order.placed.v1');
  const [type, data] = orders[0] ?? ['', {}];
  const more: typeof STORY = [
    [type, data],
    [type, { ...data, amount: euros('601.00') }],
    [type, { ...data, orderId: 'F', amount: euros('12.345') }],
  ];
  return [...STORY, ...more].map(
    ([of, content], index) =>
      new CloudEvent({
        id: `m-${index + 1}`,
        source: '/erp/emea',
        type: of,
        subject: ACCOUNT,
        time: '2026-03-02T09:15:00Z',
        data: content,
      }),
  );
}

function recordOf(event: CloudEventV1<object>): SentRecord {
  const { value } = KafkaBinding.structured(event);
  return { key: ACCOUNT, value: String(value) };
}

function isWhole(records: readonly TopicRecord[]): boolean {
  const types = new Set(records.map((record) => eventOf(record).type));
  return types.size === accountEventTypes().length + 1;
}

/** As a consumer that has nothing but the SDK reads it, and as the schemas describe it. */
function faultsOf(record: TopicRecord): readonly string[] {
  const { key, value, headers } = record;
  const contentType = String(headers?.['content-type']);
  const message = { key, value: value?.toString(), headers: { 'content-type': contentType }, body: undefined };
  const read = KafkaBinding.toEvent(message);
  const event = eventOf(record);
  const faults: string[] = [];
  if (Array.isArray(read) || !(read instanceof CloudEvent)) faults.push(`${event.type}: not one event`);
  else if (!read.validate() || read.id !== event.id) faults.push(`${event.type}: not valid`);
  const problem = publishedProblem(event);
  return problem === null ? faults : [...faults, `${event.type}: ${problem.detail}`];
}

function eventOf({ value }: Pick<TopicRecord, 'value'>): PublishedEvent {
  return JSON.parse(value?.toString() ?? '') as PublishedEvent;
}

function dataOf(record: TopicRecord): {
  readonly status: string;
  readonly problem?: { readonly code: string; readonly field: string };
} {
  return eventOf(record).data as never;
}

/** The decision where there is a first one, else the status. */
function nameOf({ data }: PublishedEvent): string {
  if (!('status' in data) || !('accountRevision' in data)) return '';
  return data.status === 'accepted' ? (data.decision?.outcome ?? data.status) : data.status;
}

function headersOf(record: TopicRecord | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]));
}

function plain(event: CloudEventV1<object>): { readonly type: string } {
  return JSON.parse(JSON.stringify(event)) as { readonly type: string };
}

function firstOfEach<T>(all: readonly T[], keyOf: (one: T) => string): Readonly<Record<string, T>> {
  const first = new Map<string, T>();
  for (const one of all) if (!first.has(keyOf(one))) first.set(keyOf(one), one);
  return Object.fromEntries(first);
}
