import { Client } from 'pg';
import { publishedProblem, type PublicEvent } from '@duestream/contracts';
import { describeWithKafka } from '@duestream/platform/testing';
import { kafkaSurroundings, type KafkaSurroundings } from '../../testing/kafka-surroundings';
import { readTopic, type TopicRecord } from '../../testing/read-topic';
import { remakeTopic } from '../../testing/remake-topic';
import { until } from '../../testing/until';
import { readRecord } from '../records';
import { RecordsLost } from './records-lost';

describeWithKafka('the relay', (broker) => {
  let its: KafkaSurroundings;
  beforeEach(async () => {
    its = await kafkaSurroundings(broker);
  });
  afterEach(() => its.close());

  const topic = () => its.topics.accountEvents;
  const read = (isEnough: (events: readonly PublicEvent[]) => boolean) =>
    readTopic(its.kafka, topic(), (records) => isEnough(eventsIn(records)));

  it('brings every event as a CloudEvent under its account, in the order of the account', async () => {
    await its.startRelay();
    await Promise.all([its.writer.write('A', 30), its.writer.write('Bé 2', 20)]);
    const records = (await read((events) => events.length >= 50)).filter(isEvent);
    for (const id of ['A', 'Bé 2']) {
      const own = records.filter(({ key }) => key?.toString() === id);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(revisionsOf(eventsIn(own), id)).toEqual(range(id === 'A' ? 30 : 20));
    }
    for (const event of eventsIn(records)) expect(publishedProblem(event)).toBeNull();
    expect(records[0]?.headers?.['content-type']?.toString()).toBe('application/cloudevents+json; charset=utf-8');
  });

  it('is active in one of many at a time, and the next goes on when it stops', async () => {
    const first = await its.startRelay();
    await until(() => first.state === 'active');
    const second = await its.startRelay();
    await its.writer.write('A', 10);
    await read((events) => events.length >= 10);
    expect(second.state).toBe('standby');
    await first.stop();
    await until(() => second.state === 'active');
    await its.writer.write('A', 10);
    const events = eventsIn(await read((seen) => seen.length >= 20));
    expect(revisionsOf(events, 'A')).toEqual(range(20));
  });

  it('takes over from one that died, when its lease has run out', async () => {
    await (await its.startRelay({ leaseTtlMs: 1_000 })).stop();
    await withClient(its, async (client) => {
      await client.query(
        `UPDATE feed.relays SET epoch = epoch + 1, holder = 'dead', expires_at = now() + interval '2 s'`,
      );
    });
    const relay = await its.startRelay();
    await its.writer.write('A', 1);
    await read((events) => events.length >= 1);
    expect(relay.state).toBe('active');
    const row = await withClient(its, async (client) => {
      const { rows } = await client.query<{ holder: string }>(`SELECT holder FROM feed.relays`);
      return rows[0];
    });
    expect(row?.holder).not.toBe('dead');
  });

  it('stops as soon as another has its lease', async () => {
    const relay = await its.startRelay({ leaseTtlMs: 1_500 });
    await until(() => relay.state === 'active');
    await withClient(its, (client) =>
      client.query(`UPDATE feed.relays SET epoch = epoch + 1, expires_at = now() + interval '1 hour'`),
    );
    await until(() => relay.state === 'standby');
    await its.writer.write('A', 1);
    const progress = await withClient(its, async (client) => {
      const { rows } = await client.query<{ position: string | null }>(`SELECT position FROM feed.relays`);
      return rows[0];
    });
    expect(progress?.position).toBeNull();
  });

  it('repeats what it had sent but not noted, and leaves no gap', async () => {
    const first = await its.startRelay();
    await its.writer.write('A', 5);
    await read((events) => events.length >= 5);
    await first.stop();
    const noted = await positionOf(its);
    const second = await its.startRelay();
    await its.writer.write('A', 5);
    await read((events) => events.length >= 10);
    await second.stop();
    // As after a kill between the acknowledgement and the note.
    await withClient(its, (client) => client.query(`UPDATE feed.relays SET position = $1`, [noted]));
    await its.startRelay();
    await its.writer.write('A', 5);
    const revisions = revisionsOf(eventsIn(await read((events) => revisionsOf(events, 'A').at(-1) === 14)), 'A');
    expect(revisions).toEqual([...range(10), ...range(15).slice(5)]);
  });

  it('relays everything again when the topic has less than was acknowledged', async () => {
    const first = await its.startRelay();
    await its.writer.write('A', 5);
    await read((events) => events.length >= 5);
    await first.stop();
    await remakeTopic(its);
    await its.startRelay();
    const events = eventsIn(await read((seen) => seen.length >= 5));
    expect(revisionsOf(events, 'A')).toEqual(range(5));
    expect(its.errors).toMatchObject([{ code: 'relay.records-lost' }]);
  });

  it('relays everything again when the topic is made anew while it is at work', async () => {
    await its.startRelay();
    await its.writer.write('A', 5);
    await read((events) => events.length >= 5);
    await remakeTopic(its);
    await its.writer.write('A', 1);
    const events = eventsIn(await read((seen) => revisionsOf(seen, 'A').length >= 6));
    expect(new Set(revisionsOf(events, 'A'))).toEqual(new Set(range(6)));
    await until(() => its.errors.some((error) => error instanceof RecordsLost));
  });

  it('tells idle partitions how far it is', async () => {
    await its.startRelay();
    await its.writer.write('A', 1);
    const { position } = await its.store.readAll({ after: null, limit: 10 });
    const records = await readTopic(its.kafka, topic(), (seen) => toldPartitions(seen, position).size === 3);
    expect(toldPartitions(records, position)).toEqual(new Set([0, 1, 2]));
  });
});

function toldPartitions(records: readonly TopicRecord[], position: string | null): ReadonlySet<number> {
  const told = records.filter(({ value }) => {
    const read = readRecord(value);
    return read.kind !== 'foreign' && read.position === position;
  });
  return new Set(told.map(({ partition }) => partition));
}

const isEvent = ({ value }: TopicRecord): boolean => readRecord(value).kind === 'event';

function eventsIn(records: readonly TopicRecord[]): readonly PublicEvent[] {
  return records.flatMap(({ value }) => {
    const read = readRecord(value);
    return read.kind === 'event' ? [read.event] : [];
  });
}

function revisionsOf(events: readonly PublicEvent[], accountId: string): readonly number[] {
  return events.filter(({ subject }) => subject === accountId).map(({ accountrevision }) => Number(accountrevision));
}

async function positionOf(its: KafkaSurroundings): Promise<string | null> {
  return withClient(its, async (client) => {
    const { rows } = await client.query<{ position: string | null }>(`SELECT position FROM feed.relays`);
    return rows[0]?.position ?? null;
  });
}

async function withClient<T>({ database }: KafkaSurroundings, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
