import {
  MAX_APPEND_BYTES,
  TooLarge,
  WrongExpectedRevision,
  bytesOf,
  type AppendBatch,
  type EventToAppend,
} from '../../port';
import type { Stores } from '../engine-under-test';
import { appendOne, newStreamId, only, readWhole, sampleBatch, sampleEvents } from '../samples';

export function appending({ store }: Stores): void {
  it('numbers the events of a stream from 0 and answers the last revision', async () => {
    const streamId = newStreamId();
    expect(await appendOne(store(), sampleBatch(streamId, -1, 'first', 3))).toMatchObject({
      ok: true,
      lastRevision: 2,
    });
    expect(await appendOne(store(), sampleBatch(streamId, 2, 'second'))).toMatchObject({ ok: true, lastRevision: 3 });
    expect((await readWhole(store(), streamId)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  });

  it('answers the position of the last event', async () => {
    const streamId = newStreamId();
    const result = await appendOne(store(), sampleBatch(streamId, -1, 'first', 3));
    expect(result).toMatchObject({ ok: true, position: (await store().readHead(streamId))?.position });
  });

  it('refuses an append to a stream that is elsewhere, and says where', async () => {
    const streamId = newStreamId();
    await appendOne(store(), sampleBatch(streamId, -1, 'first', 2));
    for (const expected of [-1, 0, 2, 7]) {
      const result = await appendOne(store(), sampleBatch(streamId, expected, `at ${expected}`));
      expect(result).toEqual({ ok: false, error: new WrongExpectedRevision(streamId, expected, 1) });
    }
    expect(await readWhole(store(), streamId)).toHaveLength(2);
  });

  it('refuses an append to a stream that does not exist but should', async () => {
    const streamId = newStreamId();
    const result = await appendOne(store(), sampleBatch(streamId, 4, 'late'));
    expect(result).toEqual({ ok: false, error: new WrongExpectedRevision(streamId, 4, -1) });
    expect(await store().readHead(streamId)).toBeNull();
  });

  it('answers many streams in the order asked, and a conflict of one leaves the others alone', async () => {
    const streams = Array.from({ length: 40 }, newStreamId).reverse();
    await store().append(streams.slice(0, 20).map((streamId) => sampleBatch(streamId, -1, 'first')));
    const results = await store().append(
      streams.map((streamId, place) => sampleBatch(streamId, place % 2 === 0 ? 0 : -1, 'second', 2)),
    );
    for (const [place, streamId] of streams.entries()) {
      const [had, expected] = [place < 20 ? 0 : -1, place % 2 === 0 ? 0 : -1];
      const answer =
        had === expected
          ? { ok: true, lastRevision: had + 2 }
          : { ok: false, error: new WrongExpectedRevision(streamId, expected, had) };
      expect(results[place]).toMatchObject(answer);
      expect(await readWhole(store(), streamId)).toHaveLength(had + 1 + (had === expected ? 2 : 0));
    }
  });

  it('refuses a batch over 1 MiB and writes nothing of it, while others of the call pass', async () => {
    const [large, small] = [newStreamId(), newStreamId()];
    const mebibyte = eventOf(large, 1_048_576);
    const results = await store().append([
      { streamId: large, expectedRevision: -1, events: [...sampleEvents(large, 'before'), mebibyte] },
      sampleBatch(small, -1, 'first'),
    ]);
    const [refused, passed] = results;
    expect(refused).toMatchObject({ ok: false, error: { code: 'too-large', limitBytes: MAX_APPEND_BYTES } });
    expect(refused?.ok === false && refused.error).toBeInstanceOf(TooLarge);
    expect(passed).toMatchObject({ ok: true });
    expect(await store().readHead(large)).toBeNull();
  });

  it('takes a batch of exactly the limit', async () => {
    const streamId = newStreamId();
    const rest = MAX_APPEND_BYTES - bytesOf(eventOf(streamId, 0));
    const event = eventOf(streamId, rest);
    expect(bytesOf(event)).toBe(MAX_APPEND_BYTES);
    expect(await appendOne(store(), { streamId, expectedRevision: -1, events: [event] })).toMatchObject({ ok: true });
    expect(only(await readWhole(store(), streamId)).data).toBe(event.data);
  });

  it('throws for what no correct caller sends, before anything is written', async () => {
    const streamId = newStreamId();
    const good = sampleBatch(streamId, -1, 'first');
    const [event] = good.events;
    const wrong = [
      [good, sampleBatch(streamId, 0, 'second')],
      [good, { ...sampleBatch(newStreamId(), -1, 'x'), events: [] }],
      [good, sampleBatch(newStreamId(), -2, 'x')],
      [good, { streamId: newStreamId(), expectedRevision: -1, events: [{ ...event, id: 'C-1' }] }],
      [good, { streamId: newStreamId(), expectedRevision: -1, events: [...good.events, ...good.events] }],
      [good, { streamId: newStreamId(), expectedRevision: -1, events: [{ ...event, data: '"\ud800"' }] }],
      [good, { streamId: newStreamId(), expectedRevision: -1, events: [{ ...event, data: '"\u0000"' }] }],
    ];
    for (const batches of wrong) {
      await expect(store().append(batches as AppendBatch[])).rejects.toThrow(RangeError);
    }
    expect(await store().readHead(streamId)).toBeNull();
  });
}

function eventOf(streamId: string, letters: number): EventToAppend {
  const [event] = sampleEvents(streamId, 'large');
  if (event === undefined) throw new Error('no sample');
  return { ...event, data: JSON.stringify({ text: 'x'.repeat(letters) }) };
}
