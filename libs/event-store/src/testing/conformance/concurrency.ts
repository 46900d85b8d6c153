import { WrongExpectedRevision, type StoredEvent } from '../../port';
import type { Stores } from '../engine-under-test';
import { appendOne, endOfAll, mustAppend, newStreamId, only, readWhole, sampleBatch } from '../samples';

export function concurrency({ store, another }: Stores): void {
  it('lets exactly one of 16 writers win each of 100 revisions', async () => {
    const stores = [store(), await another()];
    const streamId = newStreamId();
    for (let revision = 0; revision < 100; revision += 1) {
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, writer) => {
          const process = stores[writer % stores.length] ?? store();
          return appendOne(process, sampleBatch(streamId, revision - 1, `round ${revision} writer ${writer}`));
        }),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      for (const result of results) {
        if (!result.ok) expect(result.error).toEqual(new WrongExpectedRevision(streamId, revision - 1, revision));
      }
    }
    expect(await readWhole(store(), streamId)).toHaveLength(100);
  }, 120_000);

  it('shows readers every event though 8 writers commit in any order', async () => {
    const start = await endOfAll(store());
    const processes = [store(), await another(), await another(), await another()];
    let isWriting = true;
    const readers = processes.map((process) => readWhile(process, start, () => isWriting));
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const process = processes[writer % processes.length] ?? store();
      const streams = Array.from({ length: 3 }, newStreamId);
      for (let round = 0; round < 60; round += 1) {
        const count = 1 + ((round * 7 + writer * 3) % 40);
        const revisions = await Promise.all(streams.map(async (id) => (await process.readHead(id))?.revision ?? -1));
        const results = await process.append(
          streams.map((streamId, place) => sampleBatch(streamId, revisions[place] ?? -1, `round ${round}`, count)),
        );
        expect(results.every(({ ok }) => ok)).toBe(true);
      }
      return streams;
    });
    const streams = (await Promise.all(writers)).flat();
    isWriting = false;

    const expected = new Set<string>();
    for (const id of streams) for (const event of await readWhole(store(), id)) expected.add(event.id);
    for (const reader of readers) {
      const seen = await reader;
      expect(seen).toHaveLength(expected.size);
      expect(new Set(seen.map(({ id }) => id))).toEqual(expected);
      expectGapless(seen);
    }
  }, 300_000);

  it('lets two processes write the same streams in opposite orders', async () => {
    const [one, two] = [store(), await another()];
    const streams = Array.from({ length: 30 }, newStreamId);
    for (let round = 0; round < 30; round += 1) {
      const results = await Promise.all([
        one.append(streams.map((id) => sampleBatch(id, round - 1, `one ${round}`))),
        two.append([...streams].reverse().map((id) => sampleBatch(id, round - 1, `two ${round}`))),
      ]);
      const [ofOne, ofTwo] = [results[0], [...results[1]].reverse()];
      for (const place of streams.keys()) {
        const pair = [ofOne[place], ofTwo[place]];
        expect(only(pair.filter((result) => result?.ok))).toMatchObject({ lastRevision: round });
        const lost = pair.find((result) => result?.ok === false);
        expect(lost?.ok === false && lost.error).toBeInstanceOf(WrongExpectedRevision);
      }
    }
  }, 120_000);

  it('leaves no hole where an append was refused', async () => {
    const streamId = newStreamId();
    await mustAppend(store(), sampleBatch(streamId, -1, 'first', 2));
    await appendOne(store(), sampleBatch(streamId, 5, 'ahead', 2));
    await mustAppend(store(), sampleBatch(streamId, 1, 'second', 2));
    expect((await readWhole(store(), streamId)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  });
}

/** Everything from a position on, until nobody writes any more and nothing is left. */
async function readWhile(
  process: ReturnType<Stores['store']>,
  start: string | null,
  isWriting: () => boolean,
): Promise<readonly StoredEvent[]> {
  const seen: StoredEvent[] = [];
  let position = start;
  for (;;) {
    const isLast = !isWriting();
    const page = await process.readAll({ after: position, limit: 97 });
    seen.push(...page.events);
    position = page.position;
    if (isLast && page.atEnd) return seen;
  }
}

/** One look at the whole: an assertion per event takes longer than reading them all. */
function expectGapless(events: readonly StoredEvent[]): void {
  const heads = new Map<string, number>();
  const misplaced = events.filter(({ streamId, revision }) => {
    const isNext = revision === (heads.get(streamId) ?? -1) + 1;
    heads.set(streamId, revision);
    return !isNext;
  });
  expect(misplaced).toEqual([]);
}
