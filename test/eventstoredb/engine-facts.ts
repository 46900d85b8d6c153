import { randomUUID } from 'node:crypto';
import {
  ANY,
  BACKWARDS,
  binaryEvent,
  EventStoreDBClient,
  MaxAppendSizeExceededError,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  streamNameFilter,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type AllStreamSubscription,
  type EventData,
  type Position,
} from '@eventstore/db-client';
import { eventually, type EngineUnderTest } from '@duestream/event-store/testing';
import { connectionStringOf } from './stand-in-engine';

/**
 * What the adapter relies on, one test per fact. Most was measured on real servers; the stand-in has to behave like
 * that, and wherever a real server can be reached, so has that one.
 */
export function describeEngineFacts(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`EventStoreDB (${name})`, () => {
    let engine: EngineUnderTest;
    let client: EventStoreDBClient;
    beforeAll(async () => {
      engine = await start();
      client = EventStoreDBClient.connectionString(connectionStringOf(engine.address));
    });
    afterAll(async () => {
      await client.dispose();
      await engine.dispose();
    });
    const append = (stream: string, expectedRevision: bigint | typeof NO_STREAM, ...events: EventData[]) =>
      client.appendToStream(stream, events, { expectedRevision });
    const idsOf = async (stream: string) => (await eventsOf(client, stream)).map(({ id }) => id);

    it('counts revisions from 0 and gives the place in the log as commit and prepare', async () => {
      const stream = newStream();
      const first = await append(stream, NO_STREAM, event(), event());
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(typeof first.position?.commit).toBe('bigint');
      expect(typeof first.position?.prepare).toBe('bigint');
    });

    // `ResolvedEvent.cs` of the server: an event that committed itself is at its own place in the log.
    it('gives an event the same place in its stream, among all, and as the answer to its append', async () => {
      const stream = newStream();
      const { position } = await append(stream, NO_STREAM, event(), event(), event());
      const last = (await eventsOf(client, stream)).at(-1);
      expect(last?.position).toEqual(position);
      if (position === undefined) throw new Error('no position');
      const [found] = await collect(client.readAll({ fromPosition: position, maxCount: 1 }));
      expect(found?.event).toMatchObject({ id: last?.id, position });
    });

    it('answers the same ids at the same revision as the first time, whatever the data is now', async () => {
      const stream = newStream();
      const [one, two] = [event(), event()];
      const first = await append(stream, NO_STREAM, one, two);
      await append(stream, 1n, event());
      expect(await append(stream, NO_STREAM, event(one.id), event(two.id))).toEqual(first);
      expect(await idsOf(stream)).toHaveLength(3);
    });

    it('takes a leading part of the ids for a repetition, and more ids than before for a conflict', async () => {
      const stream = newStream();
      const [one, two] = [event(), event()];
      await append(stream, NO_STREAM, one, two);
      expect(await append(stream, NO_STREAM, one)).toMatchObject({ success: true, nextExpectedRevision: 0n });
      const more = append(stream, NO_STREAM, one, two, event());
      await expect(more).rejects.toBeInstanceOf(WrongExpectedVersionError);
      await expect(more).rejects.toMatchObject({ actualVersion: 1n });
      expect(await idsOf(stream)).toEqual([one.id, two.id]);
    });

    it('finds repetitions without an exact revision, too', async () => {
      const stream = newStream();
      const one = event();
      await append(stream, NO_STREAM, one);
      await client.appendToStream(stream, one, { expectedRevision: ANY });
      await client.appendToStream(stream, one, { expectedRevision: STREAM_EXISTS });
      expect(await idsOf(stream)).toEqual([one.id]);
    });

    it('writes the same ids again at the current revision, and one that comes twice in an append', async () => {
      const stream = newStream();
      const [one, two] = [event(), event()];
      await append(stream, NO_STREAM, one);
      await append(stream, 0n, one);
      await append(stream, 1n, two, two);
      expect(await idsOf(stream)).toEqual([one.id, one.id, two.id, two.id]);
    });

    it('takes an empty append and makes no stream of it', async () => {
      const stream = newStream();
      expect(await append(stream, NO_STREAM)).toMatchObject({ success: true });
      await expect(idsOf(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it('limits the whole append to 1 MiB', async () => {
      const stream = newStream();
      const half = () => event(randomUUID(), 'x'.repeat(600 * 1024));
      await append(stream, NO_STREAM, half());
      const both = append(stream, 0n, half(), half());
      await expect(both).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
      await expect(both).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
      expect(await idsOf(stream)).toHaveLength(1);
    });

    it('keeps the bytes of data and metadata as they are', async () => {
      const stream = newStream();
      const text = ' {"z":1, "a":[1.50,"\\u0000é𝄞"]}\n';
      const [data, metadata] = [Buffer.from(text), Buffer.from('{"b":1,"a":"é"}')];
      await append(stream, NO_STREAM, binaryEvent({ type: 'x', data, metadata }));
      const [stored] = await eventsOf(client, stream);
      expect(Buffer.from(stored?.data as Uint8Array).toString()).toBe(text);
      expect(JSON.stringify(stored?.metadata)).toBe('{"b":1,"a":"é"}');
    });

    it('calls the deletion of a stream that is not there a wrong version, even with ANY', async () => {
      const deleting = client.deleteStream(newStream(), { expectedRevision: ANY });
      await expect(deleting).rejects.toBeInstanceOf(WrongExpectedVersionError);
    });

    it('lets a deleted stream begin anew, goes on with its numbers, and marks it in its metadata', async () => {
      const stream = newStream();
      await append(stream, NO_STREAM, event(), event());
      await client.deleteStream(stream, { expectedRevision: ANY });
      await expect(idsOf(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
      expect((await client.getStreamMetadata(stream)).metadata?.truncateBefore).toBeGreaterThan(0);
      expect(await append(stream, NO_STREAM, event())).toMatchObject({ nextExpectedRevision: 2n });
      expect((await client.getStreamMetadata(stream)).metadata?.truncateBefore).toBe(2);
    });

    // The server's documentation, "Event streams": `$maxCount`.
    it('keeps readable only as many events as the metadata of a stream says', async () => {
      const stream = newStream();
      await append(stream, NO_STREAM, event(), event(), event());
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect((await eventsOf(client, stream)).map(({ revision }) => revision)).toEqual([1n, 2n]);
    });

    it('reads from a revision or place inclusively, backwards too', async () => {
      const stream = newStream();
      await append(stream, NO_STREAM, event(), event(), event());
      const read = async (options: object) =>
        (await collect(client.readStream(stream, options))).map((resolved) => resolved.event?.revision);
      expect(await read({ fromRevision: 1n })).toEqual([1n, 2n]);
      expect(await read({ fromRevision: 1n, direction: BACKWARDS })).toEqual([1n, 0n]);
      expect(await read({ fromRevision: 99n, direction: BACKWARDS, maxCount: 1 })).toEqual([2n]);
    });

    it('gives subscribers what comes after a place exclusively, of streams with a prefix alone', async () => {
      const [stream, other] = [newStream(), `other-${randomUUID()}`];
      const { position } = await append(stream, NO_STREAM, event());
      await append(other, NO_STREAM, event());
      await append(stream, 0n, event(), event());
      const seen: bigint[] = [];
      const subscription = follow(client, stream, position, (revision) => seen.push(revision));
      await eventually(() => seen.length >= 2, 'the events');
      await append(other, 0n, event());
      await append(stream, 2n, event());
      await eventually(() => seen.length >= 3, 'the live event');
      expect(seen).toEqual([1n, 2n, 3n]);
      await subscription.unsubscribe();
    });

    it('sends checkpoints that never run ahead of an event that is still to be delivered', async () => {
      const [stream, other] = [newStream(), `other-${randomUUID()}`];
      const { position } = await append(stream, NO_STREAM, event());
      for (const round of [0n, 1n, 2n]) {
        await append(other, round === 0n ? NO_STREAM : 40n * round - 1n, ...Array.from({ length: 40 }, () => event()));
        await append(stream, round, event());
      }
      const order: { readonly kind: 'event' | 'checkpoint'; readonly commit: bigint }[] = [];
      const subscription = follow(
        client,
        stream,
        position,
        (_, { commit }) => order.push({ kind: 'event', commit }),
        ({ commit }) => order.push({ kind: 'checkpoint', commit }),
      );
      await eventually(() => order.filter(({ kind }) => kind === 'event').length === 3, 'the events');
      expect(order.some(({ kind }) => kind === 'checkpoint')).toBe(true);
      const commits = order.map(({ commit }) => commit);
      expect(commits).toEqual([...commits].sort((a, b) => (a < b ? -1 : 1)));
      await subscription.unsubscribe();
    });
  });
}

function newStream(): string {
  return `fact-${randomUUID()}`;
}

function event(id: string = randomUUID(), text = 'text'): EventData {
  return binaryEvent({ id, type: 'fact', data: Buffer.from(text) });
}

async function collect<E>(events: AsyncIterable<E>): Promise<readonly E[]> {
  const all: E[] = [];
  for await (const one of events) all.push(one);
  return all;
}

async function eventsOf(client: EventStoreDBClient, stream: string) {
  const resolved = await collect(client.readStream(stream));
  return resolved.flatMap(({ event: found }) => found ?? []);
}

function follow(
  client: EventStoreDBClient,
  prefix: string,
  from: Position | undefined,
  onEvent: (revision: bigint, position: Position) => void,
  onCheckpoint: (position: Position) => void = () => undefined,
): AllStreamSubscription {
  const checkpointReached = (_: unknown, position: Position): void => onCheckpoint(position);
  const filter = streamNameFilter({ prefixes: [prefix], checkpointReached });
  return client
    .subscribeToAll({ fromPosition: from ?? START, filter })
    .on('data', ({ event: found }) => found !== undefined && onEvent(found.revision, found.position))
    .on('error', () => undefined);
}
