import { createTestDatabase, describeWithKafka, type TestBroker, type TestDatabase } from '@duestream/platform/testing';
import type { RebuildResult } from '@duestream/contracts';
import { testKafkaConfig, until } from '@duestream/event-feed/testing';
import type { KafkaConfig } from '@duestream/platform';
import { KafkaDoor } from './support/kafka-door';
import { euros, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type TestResponse, type TestServer } from './support/server';

interface OverKafka {
  readonly database: TestDatabase;
  readonly config: KafkaConfig;
  readonly door: KafkaDoor;
  readonly server: TestServer;
}

describeWithKafka('one server over Kafka', (broker) => {
  it('shows what was written over HTTP to whoever names its position, whatever partition it is in', async () => {
    await withServer(broker, async ({ server }) => {
      for (let n = 0; n < 5; n += 1) {
        const id = `C-${n}`;
        await server.post('/v1/messages', [openAccount(id), setLimit(id, '1000.00')]);
        const placed = await server.post(`/v1/accounts/${id}/orders`, { orderId: 'SO-1', amount: euros('400.00') });
        expect(placed.status).toBe(201);
        const position = String(placed.json['position']);
        const shown = await server.get(`/v1/accounts/${id}/exposure`, { 'duestream-min-position': position });
        expect(shown.json).toMatchObject({ total: '400.00' });
        expect(shown.headers.get('duestream-position')).not.toBeNull();
      }
    });
  });

  it('answers every message under its account: accepted, duplicate, waiting and refused', async () => {
    await withServer(broker, async ({ server, door }) => {
      const order = placeOrder('C-1', 'SO-1', '600.00');
      await door.send(
        openAccount('C-1'),
        setLimit('C-1', '1000.00'),
        order,
        order,
        placeOrder('C-1', 'SO-2', '600.00'),
        placeOrder('C-1', 'SO-3', '12.345'),
        { ...placeOrder('C-1', 'SO-4', '1.00'), type: 'order.dreamt.v1' },
        placeOrder('NOBODY', 'SO-1', '1.00'),
      );
      const answers = await door.answers(8);
      const own = answers.filter(({ subject }) => subject === 'C-1');
      expect(own.map(({ data }) => data.status)).toEqual([
        ...['accepted', 'accepted', 'accepted', 'duplicate', 'accepted', 'refused', 'refused'],
      ]);
      expect(own[2]?.data).toMatchObject({ orderStatus: 'approved', decision: { outcome: 'approved' } });
      expect(own[3]).toMatchObject({ id: own[2]?.id, data: { decision: own[2]?.data.decision } });
      expect(own[4]?.data).toMatchObject({ orderStatus: 'held' });
      expect(own[5]?.data.problem).toMatchObject({ code: 'amount.too-many-decimals', field: 'data.amount.amount' });
      expect(own[6]?.data.problem).toMatchObject({ code: 'message.unknown-type' });
      const stranger = answers.find(({ subject }) => subject === 'NOBODY');
      expect(stranger?.data).toMatchObject({ status: 'refused', problem: { status: 404 } });
      const position = String(own[4]?.data.position);
      const held = await server.get('/v1/holds', { 'duestream-min-position': position });
      expect(held.json['items']).toMatchObject([{ accountId: 'C-1', orderId: 'SO-2' }]);
    });
  });

  it('takes who acts from the record as from a request', async () => {
    await withServer(broker, async ({ server, door }) => {
      const message = openAccount('C-1');
      await door.sendRecords({ key: 'C-1', value: JSON.stringify(message), headers: { 'duestream-actor': 'Zoë' } });
      await door.answers(1);
      const { json } = await server.get('/v1/accounts/C-1/history');
      expect(json['items']).toMatchObject([{ actor: { id: 'Zoë', via: 'kafka', authenticated: false } }]);
    });
  });

  it('parks what nobody could be answered for, with its reason, bytes and headers, and goes on behind it', async () => {
    await withServer(broker, async ({ door }) => {
      const notUtf8 = Buffer.from([0x22, 0xff, 0x22]);
      const wrongKey = JSON.stringify(openAccount('C-2'));
      await door.sendRecords(
        { key: 'C-1', value: 'not JSON', headers: { trace: 'abc' } },
        { key: 'C-1', value: notUtf8 },
        { key: 'C-1', value: '[1, 2]' },
        { key: 'C-1', value: JSON.stringify({ ...openAccount('C-1'), specversion: '0.3' }) },
        { key: 'C-1', value: wrongKey },
        { key: null, value: JSON.stringify(openAccount('C-1')) },
        { key: 'C-1', value: null },
        { key: 'C-1', value: JSON.stringify(openAccount('C-1')) },
      );
      const [answer] = await door.answers(1);
      expect(answer).toMatchObject({ subject: 'C-1', data: { status: 'accepted' } });
      const parked = await door.deadLetters(7);
      const byReason = new Map(parked.map((record) => [headerOf(record, 'duestream-reason'), record]));
      expect([...byReason.keys()].sort()).toEqual([
        ...['field.invalid', 'json.invalid', 'message.not-an-object', 'record.key', 'record.not-utf8'],
      ]);
      const notJson = byReason.get('json.invalid');
      expect(notJson?.value?.toString()).toBe('not JSON');
      expect([headerOf(notJson, 'trace'), headerOf(notJson, 'duestream-key')]).toEqual(['abc', 'C-1']);
      expect(parked.filter((record) => record.value?.equals(notUtf8))).toHaveLength(1);
      expect(parked.filter((record) => headerOf(record, 'duestream-value') === 'null')).toHaveLength(1);
      const ofOtherKey = parked.filter((record) => headerOf(record, 'duestream-reason') === 'record.key');
      expect(ofOtherKey.map((record) => headerOf(record, 'duestream-detail')).sort()).toEqual([
        'The key is "C-1"; expected the subject, "C-2".',
        'There is no key; expected the subject, "C-1".',
      ]);
    });
  });

  it('builds its read models anew and finds them equal, while more is written', async () => {
    await withServer(broker, async ({ server }) => {
      await server.post(
        '/v1/messages',
        range(20).flatMap((n) => [openAccount(`C-${n}`), setLimit(`C-${n}`, '100.00')]),
      );
      const writing = Promise.all(
        range(60).map((n) => server.post('/v1/messages', [placeOrder(`C-${n % 20}`, `SO-${n}`, '10.00')])),
      );
      const rebuilt = await server.post('/v1/operations/rebuild', undefined);
      const answers = await writing;
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(resultOf(rebuilt).models.filter(({ equal }) => !equal)).toEqual([]);
      const position = latest(answers.map(({ headers }) => headers.get('duestream-position') ?? ''));
      const { json } = await server.get('/v1/aging', { 'duestream-min-position': position });
      expect(json).toHaveProperty('items');
      const again = await server.post('/v1/operations/rebuild', undefined);
      expect(resultOf(again)).toMatchObject({ events: 20 * 2 + 60 * 2 });
      expect(resultOf(again).models.filter(({ equal }) => !equal)).toEqual([]);
    });
  });

  it('goes on where the direct feed left the read models, and the other way round', async () => {
    await withServer(broker, async ({ server, database, config }) => {
      await server.post('/v1/messages', [openAccount('C-1'), setLimit('C-1', '100.00')]);
      await server.close();
      for (const feed of [{ kind: 'direct' }, { kind: 'kafka', kafka: config }] as const) {
        const next = await startTestServer(database.connectionString, {}, { feed });
        const placed = await next.post('/v1/messages', [placeOrder('C-1', `SO-${feed.kind}`, '10.00')]);
        const position = placed.headers.get('duestream-position') ?? '';
        const { json } = await next.get('/v1/accounts/C-1/exposure', { 'duestream-min-position': position });
        expect(json).toMatchObject({ total: feed.kind === 'direct' ? '10.00' : '20.00' });
        await next.close();
      }
    });
  });

  it('is ready with Kafka among what it depends on, and counts what passes through', async () => {
    await withServer(broker, async ({ server, door }) => {
      await door.send(openAccount('C-1'), { ...openAccount('C-2'), data: { nme: 'Ada Ltd' } });
      await door.answers(2);
      const { json, status } = await server.get('/health/ready');
      expect({ status, json }).toMatchObject({ status: 200, json: { dependencies: { kafka: { ready: true } } } });
      await until(async () => /duestream_relayed_events_total [1-9]/.test((await server.get('/metrics')).text));
      const { text } = await server.get('/metrics');
      expect(text).toContain('duestream_intake_answers_total{status="accepted"} 1');
      expect(text).toContain('duestream_answers_total{status="accepted"} 1');
      expect(text).toContain('duestream_answers_total{status="refused"} 1');
      expect(text).toMatch(/^duestream_relay_active 1$/m);
    });
  });

  it('does not start on topics that are not as configured, and says what is wrong', async () => {
    await withServer(broker, async ({ database, config }) => {
      const kafka = { ...config, partitions: config.partitions + 1 };
      await expect(startTestServer(database.connectionString, {}, { feed: { kind: 'kafka', kafka } })).rejects.toThrow(
        /has 3 partition\(s\), not 4: set DUESTREAM_KAFKA_PARTITIONS=3/,
      );
    });
  });
});

async function withServer(broker: TestBroker, work: (over: OverKafka) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const config = testKafkaConfig(broker);
  const server = await startTestServer(database.connectionString, {}, { feed: { kind: 'kafka', kafka: config } });
  try {
    await work({ database, config, door: new KafkaDoor(config), server });
  } finally {
    await server.close();
    await database.drop();
  }
}

/** The last line of an operation. */
function resultOf({ text }: TestResponse): RebuildResult {
  const line = JSON.parse(text.trim().split('\n').at(-1) ?? '') as { readonly result?: RebuildResult };
  if (line.result === undefined) throw new Error(text);
  return line.result;
}

function headerOf(record: { readonly headers?: unknown } | undefined, name: string): string | undefined {
  const headers = record?.headers;
  const value: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, name) : undefined;
  return value instanceof Buffer ? value.toString() : undefined;
}

/** Positions of one store with one length compare as their numbers do. */
function latest(positions: readonly string[]): string {
  const numbers = (position: string): readonly number[] => position.split('-').map(Number);
  return (
    [...positions]
      .sort((a, b) => {
        const [first, second] = [numbers(a), numbers(b)];
        const at = first.findIndex((part, index) => part !== second[index]);
        return (first[at] ?? 0) - (second[at] ?? 0);
      })
      .at(-1) ?? ''
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
