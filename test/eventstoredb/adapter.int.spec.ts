import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  EventStoreDbEventStore,
  OutcomeUnknown,
  Unavailable,
  WrongExpectedRevision,
  type EventStoreDbEventStoreOptions,
} from '@duestream/event-store';
import {
  appendOne,
  appendUntilSettled,
  eventually,
  mustAppend,
  newStreamId,
  readWhole,
  sampleBatch,
} from '@duestream/event-store/testing';
import { StandInLog, StandInNode, type NodeOptions } from '../eventstoredb-stand-in';
import { connectionStringOf } from './stand-in-engine';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function startNode(options: NodeOptions = {}): Promise<StandInNode> {
  const node = await StandInNode.start(options);
  opened.push({ close: () => node.stop() });
  return node;
}

async function openStore(
  connectionString: string,
  options: Partial<EventStoreDbEventStoreOptions> = {},
): Promise<EventStoreDbEventStore> {
  const store = await EventStoreDbEventStore.open({ connectionString, ...options });
  opened.push(store);
  return store;
}

const openOn = (node: StandInNode, options: Partial<EventStoreDbEventStoreOptions> = {}) =>
  openStore(connectionStringOf(node.address), options);

async function failureOf(store: EventStoreDbEventStore, batch: Parameters<typeof appendOne>[1]): Promise<Error> {
  const result = await appendOne(store, batch);
  if (result.ok) throw new Error('it was written');
  return result.error;
}

describe('an append to EventStoreDB', () => {
  it('is of unknown outcome when the connection breaks, before the write or after it, and settled by repeating', async () => {
    const node = await startNode();
    const store = await openOn(node);
    for (const kind of ['cut-before', 'cut-after'] as const) {
      const streamId = newStreamId();
      const batch = sampleBatch(streamId, -1, 'first', 3);
      node.faults.nextAppend({ kind });
      const failure = await failureOf(store, batch);
      expect(failure).toBeInstanceOf(OutcomeUnknown);
      expect(failure.message).toMatch(/no answer from the event store: .+/);
      expect(await appendUntilSettled(store, batch)).toMatchObject({ ok: true, lastRevision: 2 });
      expect(await readWhole(store, streamId)).toHaveLength(3);
    }
  });

  it('is of unknown outcome when a server that stops or is late says so', async () => {
    const node = await startNode();
    const store = await openOn(node);
    for (const says of ['not-ready', 'timeout', 'bad-request'] as const) {
      node.faults.nextAppend({ kind: 'refuse', refusal: { says } });
      expect(await failureOf(store, sampleBatch(newStreamId(), -1, says))).toBeInstanceOf(OutcomeUnknown);
    }
  });

  it('is of unknown outcome when a frozen server does not answer in time, and goes on when it does again', async () => {
    const node = await startNode();
    const store = await openOn(node, { appendTimeoutMs: 300, readTimeoutMs: 300 });
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    node.freeze();
    expect(await failureOf(store, sampleBatch(streamId, 0, 'second'))).toBeInstanceOf(OutcomeUnknown);
    await expect(store.readHead(streamId)).rejects.toBeInstanceOf(Unavailable);
    const health = await store.health();
    expect(health.ready).toBe(false);
    expect(health.reason).toMatch(/nothing for 300 ms/);
    node.comeBack();
    expect(await appendUntilSettled(store, sampleBatch(streamId, 0, 'second'))).toMatchObject({ lastRevision: 1 });
    await eventually(async () => (await store.health()).ready, 'the store to be ready');
  });

  it('was surely not written where the server refuses it in so many words', async () => {
    const node = await startNode();
    const store = await openOn(node);
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    node.faults.nextAppend({ kind: 'refuse', refusal: { says: 'access-denied' } });
    const denied = await failureOf(store, sampleBatch(streamId, 0, 'second'));
    expect(denied).toBeInstanceOf(Unavailable);
    expect(denied.message).toMatch(/refused access/);
    node.log.tombstone(streamId);
    const gone = await failureOf(store, sampleBatch(streamId, 0, 'second'));
    expect(gone).toBeInstanceOf(Unavailable);
    expect(gone.message).toMatch(/stream was deleted/);
    await expect(store.readHead(streamId)).rejects.toThrow(/stream was deleted/);
  });

  it('is too large where the server allows less than we do', async () => {
    const node = await startNode();
    const store = await openOn(node);
    node.faults.nextAppend({ kind: 'refuse', refusal: { says: 'too-large', limitBytes: 1_000 } });
    expect(await failureOf(store, sampleBatch(newStreamId(), -1, 'first'))).toMatchObject({
      code: 'too-large',
      limitBytes: 1_000,
    });
  });

  it('is a conflict when somebody else comes first', async () => {
    const node = await startNode();
    const store = await openOn(node);
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    const rival = { id: crypto.randomUUID(), type: 'x', contentType: 'application/octet-stream' };
    const act = () =>
      void node.log.append(streamId, 0n, [{ ...rival, data: Buffer.from('{}'), metadata: Buffer.from('{}') }]);
    node.faults.nextAppend({ kind: 'rival', act });
    expect(await failureOf(store, sampleBatch(streamId, 0, 'second'))).toEqual(
      new WrongExpectedRevision(streamId, 0, 1),
    );
  });

  it('is refused where the stream was deleted, because its numbers would go on', async () => {
    const node = await startNode();
    const store = await openOn(node);
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first', 2));
    node.log.delete(streamId, 'any');
    expect(await readWhole(store, streamId)).toEqual([]);
    const before = node.log.records.length;
    const failure = await failureOf(store, sampleBatch(streamId, -1, 'anew'));
    expect(failure).toBeInstanceOf(Unavailable);
    expect(failure.message).toContain(streamId);
    expect(node.log.records).toHaveLength(before);
  });

  it('waits for its turn where enough are underway, and none is forgotten', async () => {
    const node = await startNode();
    const store = await openOn(node, { appendsInFlight: 3 });
    const streams = Array.from({ length: 20 }, newStreamId);
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    for (let held = 0; held < 3; held += 1) node.faults.nextAppend({ kind: 'hold', until });
    const appending = store.append(streams.map((streamId) => sampleBatch(streamId, -1, 'first')));
    await eventually(() => node.calls.append === 3, 'three appends to be underway');
    release();
    expect((await appending).every(({ ok }) => ok)).toBe(true);
    expect(node.calls).toMatchObject({ append: 20, appendsAtOnce: 3 });
  });

  it('comes to its end also when it waits for its turn while the store closes', async () => {
    const node = await startNode();
    const store = await openOn(node, { appendsInFlight: 1 });
    const appending = store.append(Array.from({ length: 8 }, () => sampleBatch(newStreamId(), -1, 'first')));
    await store.close();
    expect((await appending).every(({ ok }) => ok)).toBe(true);
  });

  it('is not disturbed by another client of the process that goes', async () => {
    const node = await startNode();
    const [staying, going] = [await openOn(node), await openOn(node)];
    let release = (): void => undefined;
    node.faults.nextAppend({ kind: 'hold', until: new Promise((resolve) => (release = resolve)) });
    const appending = appendOne(staying, sampleBatch(newStreamId(), -1, 'first'));
    await eventually(() => node.calls.append === 1, 'the append to be underway');
    await going.close();
    release();
    expect(await appending).toMatchObject({ ok: true });
    expect(await appendOne(staying, sampleBatch(newStreamId(), -1, 'next'))).toMatchObject({ ok: true });
    expect(node.calls.batchAppend).toBe(0);
  });

  it('belongs to the store that reads it', async () => {
    const store = await openOn(await startNode());
    await expect(store.append([sampleBatch('elsewhere', -1, 'first')])).rejects.toThrow(RangeError);
  });
});

describe('a cluster of EventStoreDB', () => {
  it('is written to and read from through its leader, whoever that becomes', async () => {
    const log = new StandInLog();
    const nodes = [await startNode({ log }), await startNode({ log }), await startNode({ log })] as const;
    StandInNode.cluster(nodes[0], nodes);
    const hosts = nodes.map(({ address }) => `${address.host}:${address.port}`).join(',');
    const store = await openStore(`esdb://${hosts}?tls=false`);
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    expect(nodes.map(({ calls }) => calls.append)).toEqual([1, 0, 0]);
    StandInNode.cluster(nodes[2], nodes);
    const refused = await failureOf(store, sampleBatch(streamId, 0, 'second'));
    expect(refused).toBeInstanceOf(Unavailable);
    expect(refused.message).toMatch(/does not lead/);
    expect(await appendUntilSettled(store, sampleBatch(streamId, 0, 'second'))).toMatchObject({ lastRevision: 1 });
    expect(nodes[2].calls.append).toBe(1);
    StandInNode.cluster(nodes[1], nodes);
    await eventually(() => store.readHead(streamId).then(Boolean, () => false), 'a read through the new leader');
    expect(await readWhole(store, streamId)).toHaveLength(2);
  });

  it('answers appends and feeds subscribers that were underway when another leads', async () => {
    const log = new StandInLog();
    const nodes = [await startNode({ log }), await startNode({ log })] as const;
    StandInNode.cluster(nodes[0], nodes);
    const hosts = nodes.map(({ address }) => `${address.host}:${address.port}`).join(',');
    const store = await openStore(`esdb://${hosts}?tls=false`);
    const [one, two] = [newStreamId(), newStreamId()];
    await store.append([sampleBatch(one, -1, 'first'), sampleBatch(two, -1, 'first')]);
    let seen = 0;
    const subscription = store.subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void (seen += events.length),
      onError: () => undefined,
    });
    await eventually(() => seen === 2, 'the subscription to be live');
    let release = (): void => undefined;
    nodes[0].faults.nextAppend({ kind: 'hold', until: new Promise((resolve) => (release = resolve)) });
    const waiting = appendOne(store, sampleBatch(one, 0, 'second'));
    await eventually(() => nodes[0].calls.append === 3, 'the append to be underway');
    StandInNode.cluster(nodes[1], nodes);
    expect(await failureOf(store, sampleBatch(two, 0, 'second'))).toBeInstanceOf(Unavailable);
    release();
    const first = await waiting;
    expect(first.ok || first.error instanceof OutcomeUnknown || first.error instanceof Unavailable).toBe(true);
    for (const streamId of [one, two]) {
      const settled = await appendUntilSettled(store, sampleBatch(streamId, 0, 'second'));
      expect(settled).toMatchObject({ ok: true, lastRevision: 1 });
    }
    await eventually(() => seen === 4, 'the events after the change');
    await subscription.stop();
  });

  it('may go away while a leader is looked for, without an end of the process, and is found again', async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', note);
    const log = new StandInLog();
    const nodes = [await startNode({ log }), await startNode({ log })] as const;
    StandInNode.cluster(nodes[0], nodes);
    const hosts = nodes.map(({ address }) => `${address.host}:${address.port}`).join(',');
    const store = await openStore(`esdb://${hosts}?tls=false&maxDiscoverAttempts=3&discoveryInterval=100`);
    const [one, two] = [newStreamId(), newStreamId()];
    await store.append([sampleBatch(one, -1, 'first'), sampleBatch(two, -1, 'first')]);
    const [second, other] = [sampleBatch(one, 0, 'second'), sampleBatch(two, 0, 'second')];

    // One call waits for its answer, another makes the client look for the leader: then everything breaks.
    nodes[0].faults.nextAppend({ kind: 'hold', until: new Promise(() => undefined) });
    const waiting = appendOne(store, second);
    await eventually(() => nodes[0].calls.append === 3, 'the append to be underway');
    nodes[0].faults.nextRead({ kind: 'refuse', refusal: { says: 'not-ready' } });
    await expect(store.readHead(one)).rejects.toBeInstanceOf(Unavailable);
    const looking = appendOne(store, other);
    for (const node of nodes) node.goAway();
    for (const result of await Promise.all([waiting, looking])) expect(result.ok).toBe(false);

    for (const node of nodes) node.comeBack();
    expect(await appendUntilSettled(store, second)).toMatchObject({ ok: true, lastRevision: 1 });
    expect(await appendUntilSettled(store, other)).toMatchObject({ ok: true, lastRevision: 1 });
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
  });
});

describe('a secured EventStoreDB', () => {
  const tls = {
    key: readFileSync(path.join(__dirname, 'tls/key.pem')),
    certificate: readFileSync(path.join(__dirname, 'tls/certificate.pem')),
  };
  const user = { name: 'duestream', password: 'ä:@/ secret' };
  const ca = `tlsCAFile=${encodeURIComponent(path.join(__dirname, 'tls/certificate.pem'))}`;
  const urlOf = ({ address }: StandInNode, password: string, options: string) =>
    `esdb://${user.name}:${encodeURIComponent(password)}@localhost:${address.port}?tls=true&${options}`;

  it('is reached by TLS with its authority and the right password, for appends, reads and subscriptions', async () => {
    const node = await startNode({ tls, user });
    const store = await openStore(urlOf(node, user.password, ca));
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first', 2));
    expect(await readWhole(store, streamId)).toHaveLength(2);
    let seen = 0;
    const subscription = store.subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void (seen += events.length),
      onError: () => undefined,
    });
    await eventually(() => seen === 2, 'the events');
    await subscription.stop();
  });

  it('refuses a wrong password, and says so', async () => {
    const node = await startNode({ tls, user });
    const opening = openStore(urlOf(node, 'wrong', ca));
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
    await expect(opening).rejects.toThrow(/refused access: wrong user, password or rights/);
  });

  it('is not trusted without its authority', async () => {
    const node = await startNode({ tls, user });
    const opening = openStore(urlOf(node, user.password, 'connectionName=test'), { readTimeoutMs: 2_000 });
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
  });
});
