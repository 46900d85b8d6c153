import type { AccountId, Instant, LocalDate } from '@duestream/domain';
import { accountStreamId, sealCommand, type EventStore } from '@duestream/event-store';

const DAY = '2026-01-01' as LocalDate;
const RECORDED_AT = new Date(Date.UTC(2026, 0, 1)).toISOString() as Instant;

/** Writes events without consequences, one after the other. One writer per account. */
export class StoreWriter {
  private readonly heads = new Map<string, { readonly revision: number; readonly hash: string }>();

  constructor(private readonly store: Pick<EventStore, 'append'>) {}

  async write(id: string, count: number): Promise<void> {
    for (let written = 0; written < count; written += 1) await this.writeOne(id);
  }

  private async writeOne(id: string): Promise<void> {
    const accountId = id as AccountId;
    const head = this.heads.get(id) ?? null;
    const firstRevision = head === null ? 0 : head.revision + 1;
    const cause = { source: '/test', id: `${id}-${firstRevision}` };
    const sealed = sealCommand({
      accountId,
      commandId: cause.id,
      firstRevision,
      previousHash: head?.hash ?? null,
      recordedAt: RECORDED_AT,
      businessDate: DAY,
      causation: cause,
      actor: { id: 'tester', via: 'test', authenticated: false },
      events: [{ type: 'account.unblocked.v1', data: { unblockedOn: DAY, contentHash: '' }, effectiveAt: DAY, cause }],
    });
    const batch = {
      streamId: accountStreamId(accountId),
      expectedRevision: firstRevision - 1,
      events: sealed.toAppend,
    };
    const [result] = await this.store.append([batch]);
    if (result?.ok !== true) throw result?.error ?? new Error('nothing was appended');
    this.heads.set(id, { revision: firstRevision, hash: sealed.lastHash });
  }
}
