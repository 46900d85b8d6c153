import type { EventToAppend } from '../../port';
import { eventIdOf } from '../../codec/event-id';
import type { Stores } from '../engine-under-test';
import { appendOne, endOfAll, mustAppend, newStreamId, only, readWhole, sampleBatch } from '../samples';

export function reading({ store }: Stores): void {
  it('gives nothing for a stream that does not exist', async () => {
    const streamId = newStreamId();
    expect(await store().readStream(streamId, { limit: 10 })).toEqual([]);
    expect(await store().readRevisions(streamId, [0, 1])).toEqual([]);
    expect(await store().readHead(streamId)).toBeNull();
  });

  it('reads a stream forwards and backwards, from a revision, in pages', async () => {
    const streamId = newStreamId();
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 7));
    const revisionsOf = async (options: Parameters<ReturnType<Stores['store']>['readStream']>[1]) =>
      (await store().readStream(streamId, options)).map(({ revision }) => revision);
    expect(await revisionsOf({ limit: 3 })).toEqual([0, 1, 2]);
    expect(await revisionsOf({ fromRevision: 3, limit: 3 })).toEqual([3, 4, 5]);
    expect(await revisionsOf({ fromRevision: 6, limit: 3 })).toEqual([6]);
    expect(await revisionsOf({ fromRevision: 7, limit: 3 })).toEqual([]);
    expect(await revisionsOf({ direction: 'backwards', limit: 3 })).toEqual([6, 5, 4]);
    expect(await revisionsOf({ direction: 'backwards', fromRevision: 1, limit: 3 })).toEqual([1, 0]);
    expect(await revisionsOf({ direction: 'backwards', fromRevision: 99, limit: 1 })).toEqual([6]);
    expect((await store().readHead(streamId))?.revision).toBe(6);
  });

  it('reads single revisions in the order asked and leaves out those that do not exist', async () => {
    const streamId = newStreamId();
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 5));
    const events = await store().readRevisions(streamId, [4, 0, 9, 2, 0]);
    expect(events.map(({ revision }) => revision)).toEqual([4, 0, 2, 0]);
    expect(await store().readRevisions(streamId, [])).toEqual([]);
  });

  it('refuses a read without a sensible limit', async () => {
    for (const limit of [0, -1, 1.5, 1_000_000]) {
      await expect(store().readStream(newStreamId(), { limit })).rejects.toThrow(RangeError);
      await expect(store().readAll({ after: null, limit })).rejects.toThrow(RangeError);
    }
  });

  it('holds a stream of 10 000 events', async () => {
    const streamId = newStreamId();
    for (let written = 0; written < 10_000; written += 500) {
      const result = await appendOne(store(), sampleBatch(streamId, written - 1, `command ${written}`, 500));
      expect(result).toMatchObject({ ok: true, lastRevision: written + 499 });
    }
    const events = await readWhole(store(), streamId);
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(new Set(events.map(({ id }) => id)).size).toBe(10_000);
    expect((await store().readHead(streamId))?.revision).toBe(9_999);
  });

  it('gives back every kind of JSON and every script byte for byte', async () => {
    const streamId = `account-Zürich/№ 7 日本 العربية 👩‍👩‍👧 %2F ${newStreamId()}`;
    const texts = [
      '{"text":"Grüße, 日本語, العربية, 👩‍👩‍👧, e\\u0301 \\u0000 \\ud800 \\"quoted\\" back\\\\slash \\n tab\\t \u2028"}',
      '{"numbers":[0,-0,1.50,1e400,-12345678901234567890.0123456789],"t":true,"f":false,"n":null}',
      '{"z":1,"a":{"10":1,"9":2},"":[],"nested":[[[{}]]],"a":"the same key again"}',
      ' [ 1 ,\n 2 ]\t',
      '"text alone"',
      'null',
      '{"sql":"\'; DROP TABLE events; -- {NULL} $1 %s"}',
    ];
    const events: EventToAppend[] = texts.map((text, index) => ({
      id: eventIdOf(streamId, 'texts', index),
      type: `type-${index}.ß.v1`,
      data: text,
      metadata: JSON.stringify({ text, nested: [null, true, { index, 名: '👩‍👩‍👧 \u0000' }] }),
    }));
    await mustAppend(store(), { streamId, expectedRevision: -1, events });
    const stored = await readWhole(store(), streamId);
    expect(stored.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(events);
    expect(only([...new Set(stored.map((event) => event.streamId))])).toBe(streamId);
  });

  it('reads all streams in one order, after a position, in pages', async () => {
    const before = await endOfAll(store());
    const streams = [newStreamId(), newStreamId(), newStreamId()];
    for (const round of [0, 1, 2]) {
      await store().append(streams.map((streamId) => sampleBatch(streamId, 2 * round - 1, `round ${round}`, 2)));
    }
    const events = [];
    let position = before;
    for (let atEnd = false; !atEnd;) {
      const page = await store().readAll({ after: position, limit: 5 });
      expect(page.events.length).toBeLessThanOrEqual(5);
      expect(page.position).toBe(page.events.at(-1)?.position ?? position);
      events.push(...page.events);
      ({ position, atEnd } = page);
    }
    expect(events).toHaveLength(18);
    for (const [place, event] of events.entries()) {
      const next = events[place + 1];
      if (next !== undefined) expect(store().comparePositions(event.position, next.position)).toBeLessThan(0);
    }
    for (const streamId of streams) {
      const ofStream = events.filter((event) => event.streamId === streamId);
      expect(ofStream).toEqual(await readWhole(store(), streamId));
    }
  });

  it('stays where it was when there is nothing more to read', async () => {
    await mustAppend(store(), sampleBatch(newStreamId(), -1, 'first'));
    const end = await endOfAll(store());
    expect(await store().readAll({ after: end, limit: 10 })).toEqual({ events: [], position: end, atEnd: true });
  });
}
