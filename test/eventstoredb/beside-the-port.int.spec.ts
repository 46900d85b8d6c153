import type { AccountEvent, AccountId, Instant, LocalDate } from '@duestream/domain';
import { accountStreamId, sealCommand, type EventStoreDbEventStore, type StoredEvent } from '@duestream/event-store';
import {
  appendOne,
  endOfAll,
  eventually,
  mustAppend,
  newStreamId,
  readWhole,
  sampleBatch,
} from '@duestream/event-store/testing';
import { verify } from '@duestream/audit';
import { startStandInEngine, type StandInUnderTest } from './stand-in-engine';

let engine: StandInUnderTest;
let store: EventStoreDbEventStore;
beforeEach(async () => {
  engine = await startStandInEngine();
  store = await engine.open();
});
afterEach(async () => {
  await store.close();
  await engine.dispose();
});

/** Events of others in the same database. */
function writeForeign(count: number): void {
  const event = { type: 'x', contentType: 'application/json', data: Buffer.from('{}'), metadata: new Uint8Array() };
  const events = Array.from({ length: count }, () => ({ ...event, id: crypto.randomUUID() }));
  engine.node.log.append('somebody-elses', 'any', events);
}

describe('reading all of EventStoreDB', () => {
  it('leaves out what is not of accounts, however much of it there is', async () => {
    const streamId = newStreamId();
    for (const round of [0, 1, 2, 3]) {
      writeForeign(300);
      await mustAppend(store, sampleBatch(streamId, 2 * round - 1, `round ${round}`, 2));
    }
    writeForeign(300);
    const own = await readWhole(store, streamId);
    const seen: StoredEvent[] = [];
    let position: string | null = null;
    for (let atEnd = false; !atEnd;) {
      const page = await store.readAll({ after: position, limit: 3 });
      seen.push(...page.events);
      ({ position, atEnd } = page);
    }
    expect(seen).toEqual(own);
    expect(position).toBe(own.at(-1)?.position);
  });

  it('gives an empty page that is not the last rather than looking through a whole foreign log', async () => {
    writeForeign(7_000);
    const position = await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    const page = await store.readAll({ after: null, limit: 10_000 });
    expect(page).toMatchObject({ events: [], atEnd: false });
    const next = await store.readAll({ after: page.position, limit: 10 });
    expect(next).toMatchObject({ position, atEnd: true });
    expect(await endOfAll(store)).toBe(position);
  }, 120_000);
});

describe('a subscription to EventStoreDB', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  function follow(after: string | null) {
    const seen: StoredEvent[] = [];
    const errors: Error[] = [];
    const caughtUpAt: (string | null)[] = [];
    const subscription = store.subscribeToAll({
      after,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void seen.push(...events),
      onCaughtUp: (position) => void caughtUpAt.push(position),
      onError: (error) => void errors.push(error),
    });
    running.push(subscription);
    return { seen, errors, caughtUpAt, subscription };
  }

  it('begins again where it was when the server ends it, and loses and repeats nothing', async () => {
    const streamId = newStreamId();
    const { seen, errors, caughtUpAt } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    for (let round = 0; round < 5; round += 1) {
      await mustAppend(store, sampleBatch(streamId, 7 * round - 1, `round ${round}`, 7));
      engine.node.dropSubscriptions(round % 2 === 0 ? { says: 'too-slow' } : { says: 'not-ready' });
    }
    await eventually(() => seen.length >= 35 && errors.length > 0, 'all events');
    expect(seen).toEqual(await readWhole(store, streamId));
    expect(errors[0]?.message).toMatch(/connection to the event store/);
  });

  it('says that it has caught up also where the server does not', async () => {
    engine.node.faults.announcesCaughtUp = false;
    const position = await mustAppend(store, sampleBatch(newStreamId(), -1, 'first', 25));
    const { seen, caughtUpAt } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    expect(seen).toHaveLength(25);
    expect(caughtUpAt).toEqual([position]);
    const live = await mustAppend(store, sampleBatch(newStreamId(), -1, 'live'));
    await eventually(() => caughtUpAt.at(-1) === live, 'the live event');
  });

  it('does not look again through what others wrote, thanks to checkpoints', async () => {
    const position = await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    const { caughtUpAt, seen } = follow(null);
    await eventually(() => caughtUpAt.length > 0, 'the subscription to be live');
    writeForeign(5_000);
    const streamId = newStreamId();
    const live = await mustAppend(store, sampleBatch(streamId, -1, 'live'));
    await eventually(() => caughtUpAt.at(-1) === live, 'the live event');
    writeForeign(5_000);
    await eventually(async () => {
      engine.node.dropSubscriptions();
      await eventually(() => engine.node.subscribers === 1, 'the subscription to be there again');
      return placeOf(live) < (engine.node.subscribedFrom.at(-1) ?? 0n);
    }, 'a checkpoint to be taken up');
    await mustAppend(store, sampleBatch(streamId, 0, 'later'));
    await eventually(() => seen.length >= 3, 'the last event');
    expect(seen.map(({ position: place }) => place).slice(0, 2)).toEqual([position, live]);
    expect(seen).toHaveLength(3);
  });

  it('holds the server back while the consumer is slow, and ends at the server when it is stopped', async () => {
    const streamId = newStreamId();
    const data = JSON.stringify('x'.repeat(10_000));
    for (let revision = 0; revision < 2_000; revision += 50) {
      const { events, ...batch } = sampleBatch(streamId, revision - 1, `from ${revision}`, 50);
      await mustAppend(store, { ...batch, events: events.map((event) => ({ ...event, data })) });
    }
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    let delivered = 0;
    const subscription = store.subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => {
        delivered += events.length;
        await slow;
      },
      onError: () => undefined,
    });
    running.push(subscription);
    await eventually(() => delivered > 0, 'the first batch');
    for (let reads = 0; reads < 200; reads += 1) await store.readHead(streamId);
    expect(engine.node.calls.eventsSentToSubscribers).toBeLessThan(500);
    release();
    await eventually(() => delivered === 2_000, 'all events');
    await subscription.stop();
    await eventually(() => engine.node.subscribers === 0, 'the call to end');
  });

  it('says so when the log ends before its position, as after a restore, and skips nothing', async () => {
    const position = await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    const later = `C${placeOf(position) + 1_000n}-P${placeOf(position) + 1_000n}`;
    const { errors, seen, caughtUpAt } = follow(later);
    await eventually(() => errors.length > 0, 'the complaint');
    expect(errors[0]?.message).toMatch(/ends at C\d+-P\d+, before C\d+-P\d+: restored\?/);
    expect([seen, caughtUpAt]).toEqual([[], []]);
  });

  it('is refused from a position of another engine', () => {
    expect(() => follow('1-2-3')).toThrow(RangeError);
  });
});

describe('snapshots in EventStoreDB', () => {
  it('stand outside the stream they are of, and no reader of all sees them', async () => {
    const streamId = newStreamId();
    const position = await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    await store.saveSnapshot(streamId, { revision: 0, schema: 'v1', state: 'x' });
    expect(await readWhole(store, streamId)).toHaveLength(1);
    expect(await store.readAll({ after: position, limit: 10 })).toEqual({ events: [], position, atEnd: true });
  });

  it('come in parts where one event cannot hold them, and count only when the last part is there', async () => {
    const streamId = newStreamId();
    const state = Array.from({ length: 60_000 }, () => crypto.randomUUID()).join('');
    await store.saveSnapshot(streamId, { revision: 1, schema: 'v1', state: 'small' });
    await store.saveSnapshot(streamId, { revision: 9, schema: 'v1', state });
    expect(await store.loadSnapshot(streamId, 'v1')).toEqual({ revision: 9, schema: 'v1', state });
    const parts = engine.node.log.records.filter((record) => record.streamId === `duestream-snapshot-${streamId}`);
    expect(parts.length).toBeGreaterThan(2);
    // The next one breaks off after its first part: it is as if there were none, until one is saved whole.
    engine.node.faults.nextAppend({ kind: 'hold', until: Promise.resolve() });
    engine.node.faults.nextAppend({ kind: 'refuse', refusal: { says: 'access-denied' } });
    await expect(store.saveSnapshot(streamId, { revision: 11, schema: 'v1', state })).rejects.toThrow(/refused access/);
    expect(await store.loadSnapshot(streamId, 'v1')).toBeNull();
    await store.saveSnapshot(streamId, { revision: 12, schema: 'v1', state });
    expect(await store.loadSnapshot(streamId, 'v1')).toMatchObject({ revision: 12 });
  });

  it('are not kept for ever: the server is told how many to keep', async () => {
    const streamId = newStreamId();
    for (let revision = 0; revision < 40; revision += 1) {
      await store.saveSnapshot(streamId, { revision, schema: 'v1', state: 'x' });
    }
    expect(engine.node.log.readable(`duestream-snapshot-${streamId}`)).toHaveLength(32);
    expect(await store.loadSnapshot(streamId, 'v1')).toMatchObject({ revision: 39 });
  });

  it('are as good as none when they are damaged', async () => {
    const streamId = newStreamId();
    await store.saveSnapshot(streamId, { revision: 3, schema: 'v1', state: 'x' });
    const record = engine.node.log.records.find((one) => one.streamId === `duestream-snapshot-${streamId}`);
    Object.assign(record ?? {}, { data: Buffer.from('"bm90aGluZw=="') });
    expect(await store.loadSnapshot(streamId, 'v1')).toBeNull();
    await store.saveSnapshot(streamId, { revision: 4, schema: 'v1', state: 'y' });
    expect(await store.loadSnapshot(streamId, 'v1')).toMatchObject({ state: 'y' });
  });

  it('can be saved again at once after they were deleted', async () => {
    const streamId = newStreamId();
    const snapshot = { revision: 3, schema: 'v1', state: 'x' };
    await store.deleteSnapshots(streamId);
    for (const deleting of [streamId, undefined, streamId]) {
      await store.saveSnapshot(streamId, snapshot);
      expect(await store.loadSnapshot(streamId, 'v1')).toEqual(snapshot);
      await store.deleteSnapshots(deleting);
      expect(await store.loadSnapshot(streamId, 'v1')).toBeNull();
    }
  });
});

describe('settings in EventStoreDB', () => {
  it('change only while the store has no events of ours', async () => {
    writeForeign(1_000);
    expect(await store.getSetting('time-zone')).toBeNull();
    expect(await store.putSettingOnce('time-zone', 'UTC')).toBe('UTC');
    expect(await store.putSettingOnce('time-zone', 'Europe/Berlin')).toBe('Europe/Berlin');
    await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    expect(await store.putSettingOnce('time-zone', 'UTC')).toBe('Europe/Berlin');
    expect(await store.getSetting('time-zone')).toBe('Europe/Berlin');
    expect(await store.putSettingOnce('currency', 'EUR')).toBe('EUR');
    expect(await store.getSetting('time-zone')).toBe('Europe/Berlin');
  });

  it('stand as the first of two processes put them, and survive a lost answer', async () => {
    const other = await engine.open();
    await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    engine.node.faults.nextAppend({ kind: 'cut-after' });
    const values = await Promise.all([
      store.putSettingOnce('time-zone', 'UTC'),
      other.putSettingOnce('time-zone', 'Asia/Tokyo'),
    ]);
    expect(new Set(values).size).toBe(1);
    expect(await store.getSetting('time-zone')).toBe(values[0]);
    await other.close();
  });
});

describe('the audit of EventStoreDB', () => {
  const day = '2026-03-02' as LocalDate;

  function blocked(reason: string): AccountEvent {
    const cause = { source: '/erp', id: reason };
    const data = { blockedOn: day, personal: { reason }, contentHash: reason };
    return { type: 'account.blocked.v1', effectiveAt: day, cause, data };
  }

  /** Three commands with one event each. */
  async function newAccount(name: string): Promise<AccountId> {
    const accountId = name as AccountId;
    let previousHash: string | null = null;
    for (const firstRevision of [0, 1, 2]) {
      const sealed = sealCommand({
        accountId,
        commandId: `${name} ${firstRevision}`,
        causation: { source: '/erp', id: 'm' },
        actor: { id: 'kim', via: 'test', authenticated: false },
        recordedAt: `2026-03-02T09:0${firstRevision}:00.000Z` as Instant,
        businessDate: day,
        firstRevision,
        previousHash,
        events: [blocked(`reason ${firstRevision}`)],
      });
      previousHash = sealed.lastHash;
      const streamId = accountStreamId(accountId);
      const batch = { streamId, expectedRevision: firstRevision - 1, events: sealed.toAppend };
      expect(await appendOne(store, batch)).toMatchObject({ ok: true });
    }
    return accountId;
  }

  it('goes through every account and finds nothing wrong with what nobody touched', async () => {
    for (const name of ['C-2', 'C-1', 'ä']) await newAccount(name);
    writeForeign(50);
    expect(await verify(store)).toEqual({ streams: 3, events: 9, damages: [], damageCount: 0 });
    const heads = await store.readHeads({ after: null, limit: 2 });
    expect(heads.map(({ streamId, revision }) => [streamId, revision])).toEqual([
      ['account-C-1', 2],
      ['account-C-2', 2],
    ]);
    expect(await store.readHeads({ after: 'account-C-2', limit: 2 })).toMatchObject([{ streamId: 'account-ä' }]);
    expect(await store.findHead('account-nobody')).toBeNull();
  });

  it('names the account whose stream was deleted, by the events that the log still has', async () => {
    const [whole, gone] = [await newAccount('whole'), await newAccount('gone')];
    engine.node.log.delete(accountStreamId(gone), 'any');
    const expected = [{ accountId: gone, revision: 0, kind: 'missing' }];
    expect((await verify(store)).damages).toMatchObject(expected);
    expect((await verify(store, { accountId: gone })).damages).toMatchObject(expected);
    expect((await verify(store, { accountId: whole })).damages).toEqual([]);
  });

  it('names the event that was changed', async () => {
    const accountId = await newAccount('changed');
    const record = engine.node.log.records.find(
      ({ streamId, revision }) => streamId === accountStreamId(accountId) && revision === 1n,
    );
    if (record === undefined) throw new Error('no event');
    Object.assign(record, { data: Buffer.from(Buffer.from(record.data).toString().replace('reason', 'season')) });
    expect((await verify(store)).damages).toMatchObject([{ accountId, revision: 1, kind: 'altered' }]);
  });
});

function placeOf(position: string): bigint {
  return BigInt(/^C(\d+)-/.exec(position)?.[1] ?? 0);
}
