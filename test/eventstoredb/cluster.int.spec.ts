import { OutcomeUnknown, Unavailable } from '@duestream/event-store';
import {
  appendOne,
  appendUntilSettled,
  eventually,
  mustAppend,
  newStreamId,
  readWhole,
  sampleBatch,
} from '@duestream/event-store/testing';
import { StandInLog, StandInNode } from '../eventstoredb-stand-in';
import { failureOf, useStandIns } from './stand-ins';

const { startNode, openStore } = useStandIns();

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
