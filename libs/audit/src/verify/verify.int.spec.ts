import type { AccountEvent, AccountId, Instant, LocalDate } from '@duestream/domain';
import {
  PostgresEventStore,
  accountStreamId,
  chainHash,
  sealCommand,
  splitHash,
  withHash,
} from '@duestream/event-store';
import { useTestDatabase } from '@duestream/platform/testing';
import { Client } from 'pg';
import type { Damage } from './damage';
import { verify } from './verify';

const day = '2026-03-02' as LocalDate;

function blocked(place: number): AccountEvent {
  return {
    type: 'account.blocked.v1',
    effectiveAt: day,
    cause: { source: '/erp', id: `m${place}` },
    data: { blockedOn: day, personal: { reason: `reason ${place}` }, contentHash: `c${place}` },
  };
}

const database = useTestDatabase();

describe('verify', () => {
  let store: PostgresEventStore;
  let superuser: Client;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ connectionString: database().connectionString });
    superuser = new Client({ connectionString: database().superuserConnectionString });
    await superuser.connect();
    await superuser.query('SET session_replication_role = replica');
  });
  afterAll(async () => {
    await superuser.end();
    await store.close();
  });

  let accounts = 0;

  /** An account of four commands with two events each: revisions 0 to 7. */
  async function newAccount(): Promise<{ accountId: AccountId; streamId: string }> {
    accounts += 1;
    const accountId = `C-${accounts}/ä` as AccountId;
    const streamId = accountStreamId(accountId);
    let previousHash: string | null = null;
    for (const command of [0, 1, 2, 3]) {
      const sealed = sealCommand({
        accountId,
        commandId: `command ${accounts}-${command}`,
        causation: { source: '/erp', id: `m${command}` },
        actor: { id: 'kim', via: 'test', authenticated: false },
        recordedAt: `2026-03-02T09:0${command}:00.000Z` as Instant,
        businessDate: day,
        firstRevision: 2 * command,
        previousHash,
        events: [blocked(command), blocked(command + 10)],
      });
      previousHash = sealed.lastHash;
      const [result] = await store.append([{ streamId, expectedRevision: 2 * command - 1, events: sealed.toAppend }]);
      expect(result).toMatchObject({ ok: true });
    }
    return { accountId, streamId };
  }

  async function damagesAfter(
    ...statements: readonly string[]
  ): Promise<readonly (readonly [number, Damage['kind']])[]> {
    const { accountId, streamId } = await newAccount();
    for (const statement of statements) {
      const { rowCount } = await superuser.query(statement.replaceAll('$stream', `'${streamId}'`));
      expect(rowCount).toBeGreaterThan(0);
    }
    const { damages, damageCount } = await verify(store, { accountId });
    for (const damage of damages) expect(damage).toMatchObject({ accountId, streamId });
    expect(damageCount).toBe(damages.length);
    return damages.map(({ revision, kind }) => [revision, kind] as const);
  }

  const setting = (change: string, revision: number) =>
    `UPDATE store.events SET ${change} WHERE stream_id = $stream AND revision = ${revision}`;
  const dropping = (which: string) => `DELETE FROM store.events WHERE stream_id = $stream AND revision ${which}`;

  it('finds nothing wrong with what nobody touched', async () => {
    const { accountId } = await newAccount();
    expect(await verify(store, { accountId })).toEqual({ streams: 1, events: 8, damages: [], damageCount: 0 });
  });

  it('knows no account that has no events', async () => {
    expect(await verify(store, { accountId: 'nobody' as AccountId })).toMatchObject({ streams: 0, damageCount: 0 });
  });

  describe('names the event that was changed', () => {
    it.each([
      ['a word of its data', `data = replace(data, 'reason', 'season')`],
      ['one blank in its data', `data = data || ' '`],
      ['its type', `type = 'account.unblocked.v1'`],
      ['its actor', `metadata = replace(metadata, '"kim"', '"lee"')`],
      ['the day when it counts', `metadata = replace(metadata, '"effectiveAt":"2026', '"effectiveAt":"2025')`],
      ['its hash taken away', `metadata = regexp_replace(metadata, ',"hash":".*"', '')`],
      ['metadata of nothing', `metadata = '{}'`],
    ])('by %s', async (_, change) => {
      for (const revision of [0, 3, 7]) {
        const damages = await damagesAfter(setting(change, revision));
        expect(damages[0]).toEqual([revision, 'altered']);
        for (const [place, kind] of damages) expect(place === revision || kind === 'head-differs').toBe(true);
      }
    });

    it('by its id', async () => {
      expect(await damagesAfter(setting(`id = gen_random_uuid()`, 4))).toEqual([[4, 'altered']]);
    });

    it('by its hash, and not the one after it', async () => {
      const other = 'f'.repeat(64);
      const change = setting(`metadata = regexp_replace(metadata, '"hash":".*"', '"hash":"${other}"')`, 4);
      expect(await damagesAfter(change)).toEqual([[4, 'altered']]);
    });

    it('by moving it back in time', async () => {
      const damages = await damagesAfter(setting(`metadata = replace(metadata, 'T09:02', 'T09:00')`, 4));
      expect(damages).toContainEqual([4, 'altered']);
      expect(damages).toContainEqual([4, 'out-of-order']);
    });
  });

  it('finds the last event exchanged for one with a hash that fits', async () => {
    const { accountId, streamId } = await newAccount();
    const [before, last] = await store.readRevisions(streamId, [6, 7]);
    const [known, metadata] = [splitHash(before?.metadata ?? ''), splitHash(last?.metadata ?? '')?.metadata];
    if (known === null || last === undefined || metadata === undefined) throw new Error('no events');
    const data = last.data.replace('reason', 'season');
    const forged = withHash(metadata, chainHash(known.hash, { ...last, data, metadata }));
    await superuser.query('UPDATE store.events SET data = $1, metadata = $2 WHERE stream_id = $3 AND revision = 7', [
      data,
      forged,
      streamId,
    ]);
    expect((await verify(store, { accountId })).damages).toMatchObject([{ revision: 7, kind: 'head-differs' }]);
  });

  it('finds an id that does not follow from its command, though the chain fits', async () => {
    const accountId = 'forged' as AccountId;
    const streamId = accountStreamId(accountId);
    const sealed = sealCommand({
      accountId: 'somebody else' as AccountId,
      commandId: 'c',
      causation: { source: '/erp', id: 'm' },
      actor: { id: 'kim', via: 'test', authenticated: false },
      recordedAt: '2026-03-02T09:00:00.000Z' as Instant,
      businessDate: day,
      firstRevision: 0,
      previousHash: null,
      events: [blocked(0)],
    });
    const [event] = sealed.toAppend;
    const metadata = splitHash(event?.metadata ?? '')?.metadata;
    if (event === undefined || metadata === undefined) throw new Error('no event');
    const fitting = withHash(metadata, chainHash(null, { ...event, streamId, revision: 0, metadata }));
    await store.append([{ streamId, expectedRevision: -1, events: [{ ...event, metadata: fitting }] }]);
    expect((await verify(store, { accountId })).damages).toMatchObject([{ revision: 0, kind: 'wrong-id' }]);
  });

  describe('names what was dropped', () => {
    it.each([
      ['the first event', '= 0', [0]],
      ['one in the middle', '= 3', [3]],
      ['the last', '= 7', [7]],
      ['several, here and there', 'IN (0, 1, 4, 7)', [0, 4, 7]],
      ['all of them', '>= 0', [0]],
    ])('%s', async (_, which, revisions) => {
      expect(await damagesAfter(dropping(which))).toEqual(revisions.map((revision) => [revision, 'missing']));
    });

    it('though the gap was closed', async () => {
      const damages = await damagesAfter(
        dropping('= 3'),
        ...[4, 5, 6, 7].map((revision) => setting(`revision = ${revision - 1}`, revision)),
      );
      expect(damages).toContainEqual([3, 'missing']);
      expect(damages).toContainEqual([4, 'moved']);
      expect(damages).toContainEqual([7, 'missing']);
    });
  });

  describe('names what was swapped', () => {
    const swapping = (a: number, b: number) => [
      setting('revision = 1000', a),
      setting(`revision = ${a}`, b),
      setting(`revision = ${b}`, 1000),
    ];

    it.each([
      [2, 3],
      [1, 6],
      [0, 1],
    ])('revisions %i and %i', async (a, b) => {
      const damages = await damagesAfter(...swapping(a, b));
      expect(damages.filter(([, kind]) => kind !== 'out-of-order')).toEqual([
        [a, 'moved'],
        [b, 'moved'],
      ]);
    });

    it('the last event too', async () => {
      const damages = await damagesAfter(...swapping(6, 7));
      expect(damages).toContainEqual([6, 'moved']);
      expect(damages).toContainEqual([7, 'moved']);
    });

    it('places in the order of all events', async () => {
      const damages = await damagesAfter(
        `UPDATE store.events AS event SET xid = other.xid, sequence = other.sequence + 10
         FROM store.events AS other
         WHERE event.stream_id = $stream AND event.revision = 2 AND other.stream_id = $stream AND other.revision = 7`,
      );
      expect(damages).toEqual([[3, 'out-of-order']]);
    });

    it('the last event to where no reader reaches it', async () => {
      const damages = await damagesAfter(
        `UPDATE store.events SET xid = '99999999999' WHERE stream_id = $stream AND revision = 7`,
      );
      expect(damages).toEqual([[7, 'out-of-order']]);
    });

    it.each([
      ['sequence', -1],
      ['sequence', 1_000_000_000],
      ['sequence', -2_147_483_648],
      ['incarnation', -1],
      ['incarnation', 2_147_483_647],
    ])('an event alone to a place that no writer gives: %s %i', async (column, value) => {
      for (const revision of [0, 3, 6, 7]) {
        expect(await damagesAfter(setting(`${column} = ${value}`, revision))).toEqual([[revision, 'out-of-order']]);
      }
    });
  });

  describe('names what was put in', () => {
    const copying = (from: number, to: number) => `
      INSERT INTO store.events (incarnation, xid, sequence, stream_id, revision, id, type, data, metadata)
      SELECT incarnation, xid, sequence + 100, stream_id, ${to}, gen_random_uuid(), type, data, metadata
      FROM store.events WHERE stream_id = $stream AND revision = ${from}`;

    it('at the end', async () => {
      const damages = await damagesAfter(copying(7, 8));
      expect(damages).toContainEqual([8, 'inserted']);
      expect(damages.every(([revision]) => revision === 8)).toBe(true);
    });

    it('far beyond the end', async () => {
      expect(await damagesAfter(copying(7, 2_000_000_000))).toEqual([[2_000_000_000, 'inserted']]);
    });

    it('beyond the end, the last ones dropped', async () => {
      const damages = await damagesAfter(dropping('>= 6'), copying(7, 12).replace('revision = 7', 'revision = 5'));
      expect(damages).toEqual([
        [6, 'missing'],
        [7, 'head-differs'],
        [12, 'inserted'],
      ]);
    });

    it('in the middle, the others moved on', async () => {
      const damages = await damagesAfter(
        ...[7, 6, 5, 4].map((revision) => setting(`revision = ${revision + 1}`, revision)),
        copying(3, 4),
      );
      expect(damages).toContainEqual([4, 'inserted']);
      expect(damages).toContainEqual([5, 'moved']);
      expect(damages).toContainEqual([8, 'inserted']);
    });

    it('from another account', async () => {
      const { streamId } = await newAccount();
      const damages = await damagesAfter(
        dropping('= 7'),
        `UPDATE store.events SET stream_id = $stream, revision = 7 WHERE stream_id = '${streamId}' AND revision = 0`,
      );
      expect(damages).toContainEqual([7, 'altered']);
      expect(damages).toContainEqual([7, 'head-differs']);
    });
  });

  it('finds a stream whose head was taken away', async () => {
    const { accountId, streamId } = await newAccount();
    await superuser.query('DELETE FROM store.streams WHERE stream_id = $1', [streamId]);
    const expected = { accountId, streamId, revision: 7, kind: 'head-differs' };
    expect((await verify(store, { accountId })).damages).toMatchObject([expected]);
    expect((await verify(store)).damages).toContainEqual(expect.objectContaining(expected));
  });

  it('goes through every account, tells how far it is, and holds while the store is at work', async () => {
    const { streams, damageCount } = await verify(store);
    const untouched = await Promise.all(Array.from({ length: 12 }, newAccount));
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) await newAccount();
    })();
    const progress: number[] = [];
    const report = await verify(store, { onProgress: (done) => void progress.push(done.streams) });
    isWriting = false;
    await writing;
    expect(report.damageCount).toBe(damageCount);
    expect(report.streams).toBeGreaterThanOrEqual(streams + untouched.length);
    expect(progress.at(-1)).toBe(report.streams);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('reads no further once it is broken off', async () => {
    await Promise.all(Array.from({ length: 12 }, newAccount));
    const gone = new AbortController();
    const progress: number[] = [];
    const onProgress = ({ streams }: { readonly streams: number }): void => {
      progress.push(streams);
      gone.abort();
    };
    await expect(verify(store, { onProgress, signal: gone.signal })).rejects.toThrow('aborted');
    expect(progress).toHaveLength(1);
  });
});
