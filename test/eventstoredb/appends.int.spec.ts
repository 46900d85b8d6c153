import { OutcomeUnknown, Unavailable, WrongExpectedRevision } from '@duestream/event-store';
import {
  appendOne,
  appendUntilSettled,
  eventually,
  mustAppend,
  newStreamId,
  readWhole,
  sampleBatch,
} from '@duestream/event-store/testing';
import { failureOf, useStandIns } from './stand-ins';

const { startNode, openOn } = useStandIns();

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
