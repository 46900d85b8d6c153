import type { HistoryItem } from '@duestream/contracts';
import { createTestDatabase, type TestDatabase } from '@duestream/platform/testing';
import { StandInNode } from '../eventstoredb-stand-in';
import { connectionStringOf } from '../eventstoredb/stand-in-engine';
import { envelope, openAccount, placeOrder, setLimit } from './support/messages';
import { startTestServer, type Json, type TestServer } from './support/server';
import { STORY } from './support/story';

const NOON = Date.UTC(2026, 2, 2, 12);
const CLOCK = { clock: () => NOON };

/** Every kind of message for twelve accounts, each account's in an order of its own. */
const messages: readonly object[] = Array.from({ length: 12 }, (_, account) => {
  const accountId = `Ä-${account}/№`;
  const [opened, ...others] = STORY.map(([type, data], index) =>
    envelope(type, accountId, data, `m-${account}-${index}`),
  );
  const shuffled = account === 0 ? others : shuffledBy(account, others);
  // Every third message comes twice.
  return [opened ?? {}, ...shuffled.flatMap((message, place) => (place % 3 === 0 ? [message, message] : [message]))];
}).flat();

describe('the standalone server on EventStoreDB (stand-in)', () => {
  const databases: TestDatabase[] = [];
  const servers: TestServer[] = [];
  let node: StandInNode;
  let [onPostgres, onEventStoreDb]: (TestServer | undefined)[] = [];

  async function newDatabase(): Promise<string> {
    const database = await createTestDatabase();
    databases.push(database);
    return database.connectionString;
  }

  async function start(eventStoreUrl: string | null, databaseUrl: string): Promise<TestServer> {
    const eventStore =
      eventStoreUrl === null ? { kind: 'postgres' as const } : { kind: 'eventstoredb' as const, url: eventStoreUrl };
    const server = await startTestServer(databaseUrl, CLOCK, { eventStore });
    servers.push(server);
    return server;
  }

  beforeAll(async () => {
    node = await StandInNode.start();
    onPostgres = await start(null, await newDatabase());
    onEventStoreDb = await start(connectionStringOf(node.address), await newDatabase());
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    for (const database of databases) await database.drop();
    await node.stop();
  });

  const both = (): readonly [TestServer, TestServer] => {
    if (onPostgres === undefined || onEventStoreDb === undefined) throw new Error('the servers run only in tests');
    return [onPostgres, onEventStoreDb];
  };

  it('answers every message, keeps every history and shows every figure as on PostgreSQL', async () => {
    const [postgres, eventStoreDb] = await Promise.all(both().map(everythingOf));
    expect(postgres?.answers).toHaveLength(messages.length);
    expect(eventStoreDb).toEqual(postgres);
  }, 120_000);

  it('proves its histories intact', async () => {
    const [, server] = both();
    const whole = await server.request('POST', '/v1/operations/verify');
    expect(lastLine(whole.text)).toMatchObject({ result: { accounts: 12, intact: true, findings: [] } });
    const one = await server.request('POST', '/v1/operations/verify?account=%C3%84-3%2F%E2%84%96');
    expect(lastLine(one.text)).toMatchObject({ result: { accounts: 1, intact: true } });
  });

  it('builds the read models anew from it, equal to the live ones', async () => {
    const [, server] = both();
    const rebuilt = lastLine((await server.request('POST', '/v1/operations/rebuild')).text)['result'] as Json;
    expect(rebuilt).toMatchObject({ swapped: true });
  });

  it('keeps the time zone in it once there are events', async () => {
    const url = connectionStringOf(node.address);
    const eventStore = { kind: 'eventstoredb' as const, url };
    const moved = startTestServer(await newDatabase(), {}, { eventStore, timeZone: 'Asia/Tokyo' });
    await expect(moved).rejects.toMatchObject({ code: 'time-zone.fixed', standing: 'UTC' });
  });

  it('is not ready while the event store is away, goes on answering queries, and recovers alone', async () => {
    const [, server] = both();
    await server.post('/v1/messages', [openAccount('away'), setLimit('away', '100.00')]);
    node.goAway();
    const ready = await server.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.json['dependencies']).toMatchObject({ eventStore: { ready: false } });
    expect((await server.get('/v1/holds')).status).toBe(200);
    const ordering = server.post('/v1/messages', [placeOrder('away', 'SO-1', '60.00')]);
    node.comeBack();
    expect((await ordering).json['items']).toMatchObject([{ status: 'accepted', orderStatus: 'approved' }]);
    await expect(untilReady(server)).resolves.toBe(200);
  }, 120_000);

  it('says what is wrong with its address', async () => {
    const databaseUrl = await newDatabase();
    const nobody = await StandInNode.start();
    await nobody.stop();
    const away = start(connectionStringOf(nobody.address), databaseUrl);
    await expect(away).rejects.toMatchObject({ code: 'event-store.away' });
    const misspelt = start('esdb://admin:secret@127.0.0.1:2113?tsl=false', databaseUrl);
    await expect(misspelt).rejects.toThrow(/unknown option.*tsl/);
    await expect(misspelt).rejects.not.toThrow(/secret/);
  });
});

interface Everything {
  readonly answers: readonly unknown[];
  readonly [name: string]: unknown;
}

const PER_ACCOUNT = ['exposure', 'open-items', 'state', 'state?revision=9'];
const LISTS = ['accounts', 'aging?by=account', 'aging?by=segment&asOf=2026-02-20', 'holds', 'waiting', 'at-risk'];

/** What a server answers to the messages and to every question about them, less what may differ. */
async function everythingOf(server: TestServer): Promise<Everything> {
  const answers: Json[] = [];
  let position: string | null = null;
  for (let first = 0; first < messages.length; first += 100) {
    const { json, headers } = await server.post('/v1/messages', messages.slice(first, first + 100));
    answers.push(...(json['items'] as Json[]));
    // The batch's: accounts are written side by side, so its last message's need not be the latest.
    position = headers.get('duestream-position');
  }
  const caughtUp = { 'duestream-min-position': position ?? '' };
  const shown: Record<string, unknown> = {};
  for (const list of LISTS) shown[list] = inOneOrder(await server.get(`/v1/${list}`, caughtUp));
  for (const { accountId } of shown['accounts'] as { accountId: string }[]) {
    const account = `accounts/${encodeURIComponent(accountId)}`;
    for (const what of PER_ACCOUNT) shown[`${account}/${what}`] = (await server.get(`/v1/${account}/${what}`)).json;
    const { json } = await server.get(`/v1/${account}/history?limit=1000`);
    shown[`${account}/history`] = (itemsOf(json) as HistoryItem[]).map(({ position, id, hash, ...item }) => {
      expect([position, id, hash].every((part) => part.length > 0)).toBe(true);
      return item;
    });
  }
  return { answers: answers.map(({ position: _, ...answer }) => answer), ...shown };
}

/** Accounts are written side by side, so what came at the same moment may stand in either order. */
function inOneOrder({ json }: { readonly json: Json }): readonly unknown[] {
  return itemsOf(json)
    .map((item) => JSON.stringify(item))
    .sort()
    .map((text) => JSON.parse(text) as unknown);
}

function itemsOf(list: unknown): readonly unknown[] {
  return (list as { items: readonly unknown[] }).items;
}

function lastLine(ndjson: string): Json {
  return JSON.parse(ndjson.trim().split('\n').at(-1) ?? '') as Json;
}

async function untilReady(server: TestServer): Promise<number> {
  const { status } = await server.get('/health/ready');
  return status === 200 ? status : untilReady(server);
}

/** Always the same order for the same seed. */
function shuffledBy<T>(seed: number, values: readonly T[]): readonly T[] {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647);
  return values
    .map((value) => ({ value, place: next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
