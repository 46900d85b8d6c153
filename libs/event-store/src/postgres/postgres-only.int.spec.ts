import { Client } from 'pg';
import { OutcomeUnknown, Unavailable, WrongExpectedRevision } from '../port';
import { FaultyProxy } from '../testing/faulty-proxy';
import { startPostgresEngine, type PostgresUnderTest } from '../testing/postgres-engine';
import {
  appendOne,
  appendUntilSettled,
  endOfAll,
  eventually,
  mustAppend,
  newStreamId,
  readWhole,
  sampleBatch,
} from '../testing/samples';
import { runAppend } from './append-statement';
import type { Connections } from './connections';
import { StoreIsNewer } from './migrate';
import { PostgresEventStore } from './postgres-event-store';

describe('PostgreSQL event store, beyond the port', () => {
  let engine: PostgresUnderTest;
  let store: PostgresEventStore;
  let rival: Client;
  beforeAll(async () => {
    engine = await startPostgresEngine();
    store = await engine.open();
  });
  afterAll(async () => {
    await store.close();
    await engine.dispose();
  });
  beforeEach(async () => {
    rival = new Client({ connectionString: engine.database.connectionString, application_name: 'rival' });
    await rival.connect();
  });
  afterEach(async () => rival.end());

  /** Appends in the rival's own transaction, as a slow process would. */
  const appendSlowly = (streamId: string, expected: number, command: string) =>
    runAppend({ query: (statement: object) => rival.query(statement as never) } as unknown as Connections, [
      sampleBatch(streamId, expected, command),
    ]);

  it('wakes the readers of another store on the same database, without their polling', async () => {
    const reader = await PostgresEventStore.open({
      connectionString: engine.database.connectionString,
      pollMs: 3_600_000,
    });
    const streamId = newStreamId();
    const seen: string[] = [];
    let isCaughtUp = false;
    const subscription = reader.subscribeToAll({
      after: await endOfAll(store),
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => Promise.resolve(void seen.push(...events.map((event) => event.streamId))),
      onCaughtUp: () => (isCaughtUp = true),
      onError: (error) => {
        throw error;
      },
    });
    await eventually(() => isCaughtUp, 'the reader has caught up');
    await mustAppend(store, sampleBatch(streamId, -1, 'told'));
    await eventually(() => seen.includes(streamId), 'the reader was told');
    await subscription.stop();
    await reader.close();
  });

  it('hides what commits early behind an older transaction until that one has ended', async () => {
    const [slow, quick] = [newStreamId(), newStreamId()];
    const start = await endOfAll(store);
    await rival.query('BEGIN');
    await appendSlowly(slow, -1, 'slow');
    await mustAppend(store, sampleBatch(quick, -1, 'quick'));
    expect((await store.readAll({ after: start, limit: 10 })).events).toEqual([]);
    expect(await readWhole(store, quick)).toHaveLength(1);
    await rival.query('COMMIT');
    const { events } = await store.readAll({ after: start, limit: 10 });
    expect(events.map(({ streamId }) => streamId)).toEqual([slow, quick]);
  });

  it('writes the other streams of a call while a stranger holds one of them', async () => {
    const [held, free, fresh] = [newStreamId(), newStreamId(), newStreamId()];
    for (const streamId of [held, free]) await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    await rival.query('BEGIN');
    await rival.query('SELECT FROM store.streams WHERE stream_id = $1 FOR UPDATE', [held]);
    const batches = [sampleBatch(held, 0, 'next'), sampleBatch(free, 0, 'next'), sampleBatch(fresh, -1, 'next')];
    const [ofHeld, ofFree, ofFresh] = await store.append(batches);
    expect([ofFree, ofFresh]).toMatchObject([
      { ok: true, lastRevision: 1 },
      { ok: true, lastRevision: 0 },
    ]);
    expect(ofHeld).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    await rival.query('ROLLBACK');
    expect(await appendOne(store, sampleBatch(held, 0, 'next'))).toMatchObject({ ok: true, lastRevision: 1 });
  });

  it('leaves no hole when a transaction aborts that had appended first', async () => {
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    await rival.query('BEGIN');
    await appendSlowly(streamId, 0, 'aborted');
    const waiting = appendOne(store, sampleBatch(streamId, 0, 'second'));
    const ahead = appendOne(store, sampleBatch(streamId, 1, 'ahead'));
    await rival.query('ROLLBACK');
    const results = await Promise.all([waiting, ahead]);
    expect(results[0]).toMatchObject({ ok: true, lastRevision: 1 });
    const events = await readWhole(store, streamId);
    expect(events.map(({ revision }) => revision)).toEqual(results[1].ok ? [0, 1, 2] : [0, 1]);
  });

  it('refuses a batch whose event ids stand at another revision or in another stream, and only that one', async () => {
    const [one, two, three] = [newStreamId(), newStreamId(), newStreamId()];
    const batch = sampleBatch(one, -1, 'first');
    await mustAppend(store, batch);
    const results = await store.append([
      sampleBatch(three, -1, 'other'),
      { ...batch, expectedRevision: 0 },
      { ...batch, streamId: two },
    ]);
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: new WrongExpectedRevision(one, 0, 0) },
      { ok: false, error: new WrongExpectedRevision(two, -1, -1) },
    ]);
    expect(await readWhole(store, one)).toHaveLength(1);
    expect(await readWhole(store, two)).toHaveLength(0);
  });

  it('calls the outcome unknown when the server ends the session in the middle of an append', async () => {
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first'));
    await rival.query('BEGIN');
    await rival.query('SELECT FROM store.streams WHERE stream_id = $1 FOR UPDATE', [streamId]);
    const batch = sampleBatch(streamId, 0, 'second');
    const appending = appendOne(store, batch);
    await eventually(async () => (await terminateWaiting(rival)) === 1, 'the append to wait for the lock');
    const result = await appending;
    expect(result.ok === false && result.error).toBeInstanceOf(OutcomeUnknown);
    await rival.query('ROLLBACK');
    expect(await appendUntilSettled(store, batch)).toMatchObject({ ok: true, lastRevision: 1 });
  });

  it('says that it is unavailable, and not in doubt, when nothing could be sent', async () => {
    const proxy = await FaultyProxy.inFrontOf(engine.address);
    const distant = await engine.openThrough(proxy);
    proxy.become('refuse');
    await eventually(async () => {
      const result = await appendOne(distant, sampleBatch(newStreamId(), -1, 'first'));
      return !result.ok && result.error instanceof Unavailable;
    }, 'the broken connections to be noticed');
    await distant.close();
    await proxy.close();
  });

  it('gives up a write that takes too long and says that nothing was written', async () => {
    const hasty = await PostgresEventStore.open({
      connectionString: engine.database.connectionString,
      writeTimeoutMs: 100,
    });
    const [locked, free] = [newStreamId(), newStreamId()];
    await mustAppend(store, sampleBatch(locked, -1, 'first'));
    await rival.query('BEGIN');
    await rival.query('SELECT FROM store.streams WHERE stream_id = $1 FOR UPDATE', [locked]);
    const results = await hasty.append([sampleBatch(locked, 0, 'second'), sampleBatch(free, -1, 'first')]);
    for (const result of results) expect(result.ok === false && result.error).toBeInstanceOf(Unavailable);
    await rival.query('ROLLBACK');
    expect(await readWhole(store, locked)).toHaveLength(1);
    expect(await readWhole(store, free)).toHaveLength(0);
    await hasty.close();
  });

  it('names the process whose open transaction holds readers back', async () => {
    const { rows } = await rival.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await rival.query('BEGIN');
    await rival.query('SELECT pg_current_xact_id()');
    await mustAppend(store, sampleBatch(newStreamId(), -1, 'hidden'));
    expect(await store.health()).toEqual({ ready: true });
    await eventually(async () => (await store.health()).reason !== undefined, 'the transaction to be old');
    const health = await store.health();
    expect(health.ready).toBe(true);
    expect(health.reason).toContain(`process ${rows[0]?.pid} (rival, database ${engine.database.name})`);
    await rival.query('ROLLBACK');
    expect(await store.health()).toEqual({ ready: true });
  });

  it('keeps events from being changed or removed', async () => {
    await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    for (const statement of [
      'UPDATE store.events SET data = data',
      'DELETE FROM store.events',
      'TRUNCATE store.events',
    ]) {
      await expect(rival.query(statement)).rejects.toThrow('events are never changed or removed');
    }
  });

  it('keeps payloads as text, under at most three indexes', async () => {
    const indexes = await rival.query("SELECT FROM pg_indexes WHERE schemaname = 'store' AND tablename = 'events'");
    expect(indexes.rowCount).toBeLessThanOrEqual(3);
    const columns = await rival.query<{ data_type: string }>(
      `SELECT data_type FROM information_schema.columns
       WHERE table_schema = 'store' AND table_name = 'events' AND column_name IN ('data', 'metadata')`,
    );
    expect(columns.rows).toEqual([{ data_type: 'text' }, { data_type: 'text' }]);
  });
});

describe('PostgreSQL event store, opening', () => {
  let engine: PostgresUnderTest;
  beforeEach(async () => {
    engine = await startPostgresEngine();
  });
  afterEach(async () => engine.dispose());

  const asOwner = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: engine.database.connectionString });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  it('makes the schema once though several processes open an empty database together', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => engine.open()));
    const incarnations = await asOwner((client) => client.query('SELECT FROM store.incarnations'));
    expect(incarnations.rowCount).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuses a database that a later version has migrated', async () => {
    await (await engine.open()).close();
    await asOwner((client) => client.query("INSERT INTO store.migrations (name) VALUES ('9999-later')"));
    await expect(engine.open()).rejects.toThrow(StoreIsNewer);
  });

  it('says that the engine is away when it is', async () => {
    const connectionString = 'postgresql://nobody@127.0.0.1:1/none';
    await expect(PostgresEventStore.open({ connectionString })).rejects.toBeInstanceOf(Unavailable);
  });

  it('puts what is written after a restore behind what was restored, whatever the transaction ids', async () => {
    const before = await engine.open();
    const [old, fresh] = [newStreamId(), newStreamId()];
    await mustAppend(before, sampleBatch(old, -1, 'first', 3));
    await before.close();
    const superuser = new Client({ connectionString: engine.database.superuserConnectionString });
    await superuser.connect();
    await superuser.query('SET session_replication_role = replica');
    await superuser.query("UPDATE store.events SET xid = '9000000000'");
    await superuser.query("UPDATE store.incarnations SET cluster = 'where the dump was taken'");
    await superuser.end();

    const after = await engine.open();
    await mustAppend(after, sampleBatch(old, 2, 'second'));
    await mustAppend(after, sampleBatch(fresh, -1, 'first'));
    const { events } = await after.readAll({ after: null, limit: 10 });
    expect(events.map(({ streamId, revision }) => [streamId, revision])).toEqual([
      [old, 0],
      [old, 1],
      [old, 2],
      [old, 3],
      [fresh, 0],
    ]);
    for (const [place, { position }] of events.entries()) {
      const next = events[place + 1];
      if (next !== undefined) expect(after.comparePositions(position, next.position)).toBeLessThan(0);
    }
    await after.close();
  });

  it('lets a setting change only while the store has no events', async () => {
    const store = await engine.open();
    expect(await store.getSetting('time-zone')).toBeNull();
    expect(await store.putSettingOnce('time-zone', 'UTC')).toBe('UTC');
    expect(await store.putSettingOnce('time-zone', 'Europe/Berlin')).toBe('Europe/Berlin');
    await mustAppend(store, sampleBatch(newStreamId(), -1, 'first'));
    expect(await store.putSettingOnce('time-zone', 'UTC')).toBe('Europe/Berlin');
    expect(await store.getSetting('time-zone')).toBe('Europe/Berlin');
    await store.close();
  });
});

/** Ends the sessions that wait for a lock; answers how many. */
async function terminateWaiting(client: Client): Promise<number> {
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
  );
  return rowCount ?? 0;
}
