import { verify } from '@duestream/audit';
import type { AccountEvent, AccountId, Instant, LocalDate } from '@duestream/domain';
import { accountStreamId, sealCommand } from '@duestream/event-store';
import { appendOne } from '@duestream/event-store/testing';
import { useStandInEngine, writeForeign } from './stand-in-engine';

const { node, store } = useStandInEngine();

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
      expect(await appendOne(store(), batch)).toMatchObject({ ok: true });
    }
    return accountId;
  }

  it('goes through every account and finds nothing wrong with what nobody touched', async () => {
    for (const name of ['C-2', 'C-1', 'ä']) await newAccount(name);
    writeForeign(node(), 50);
    expect(await verify(store())).toEqual({ streams: 3, events: 9, damages: [], damageCount: 0 });
    const heads = await store().readHeads({ after: null, limit: 2 });
    expect(heads.map(({ streamId, revision }) => [streamId, revision])).toEqual([
      ['account-C-1', 2],
      ['account-C-2', 2],
    ]);
    expect(await store().readHeads({ after: 'account-C-2', limit: 2 })).toMatchObject([{ streamId: 'account-ä' }]);
    expect(await store().findHead('account-nobody')).toBeNull();
  });

  it('names the account whose stream was deleted, by the events that the log still has', async () => {
    const [whole, gone] = [await newAccount('whole'), await newAccount('gone')];
    node().log.delete(accountStreamId(gone), 'any');
    const expected = [{ accountId: gone, revision: 0, kind: 'missing' }];
    expect((await verify(store())).damages).toMatchObject(expected);
    expect((await verify(store(), { accountId: gone })).damages).toMatchObject(expected);
    expect((await verify(store(), { accountId: whole })).damages).toEqual([]);
  });

  it('names the event that was changed', async () => {
    const accountId = await newAccount('changed');
    const record = node().log.records.find(
      ({ streamId, revision }) => streamId === accountStreamId(accountId) && revision === 1n,
    );
    if (record === undefined) throw new Error('no event');
    Object.assign(record, { data: Buffer.from(Buffer.from(record.data).toString().replace('reason', 'season')) });
    expect((await verify(store())).damages).toMatchObject([{ accountId, revision: 1, kind: 'altered' }]);
  });
});
