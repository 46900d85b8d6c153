import { instantOfMillis, type AccountId, type LocalDate } from '@duestream/domain';
import { accountStreamId, sealCommand, type AppendBatch, type PostgresEventStore } from '@duestream/event-store';
import type { Life } from './lives';

/** Where an account's stream ends. */
interface Head {
  readonly revision: number;
  readonly hash: string | null;
}

export interface Written {
  readonly events: number;
  readonly position: string;
}

const EVENTS_PER_WRITE = 500;
const WRITES_AT_ONCE = 3;
const DAY_MS = 86_400_000;

/**
 * Writes `accounts` accounts that live the given lives, all at once day by day, as a server's processor would: sealed,
 * chained and appended to the real store. Answers how many events that were and where the last of them is.
 */
export async function writeHistory(
  store: PostgresEventStore,
  lives: readonly Life[],
  accounts: number,
  prefix = 'B',
): Promise<Written> {
  const heads = new Map<AccountId, Head>();
  const ids = Array.from({ length: accounts }, (_, n) => `${prefix}-${String(n).padStart(6, '0')}` as AccountId);
  const days = [...new Set(lives.flatMap(({ commands }) => commands.map(({ on }) => on)))].sort();
  const writer = new Writer(store);
  for (const day of days) {
    for (const [n, accountId] of ids.entries()) {
      const life = lives[n % lives.length];
      if (life !== undefined) await writer.add(sealedDay(life, day, accountId, heads, n));
    }
    await writer.settle();
  }
  return writer.written();
}

function sealedDay(
  { commands }: Life,
  day: LocalDate,
  accountId: AccountId,
  heads: Map<AccountId, Head>,
  n: number,
): AppendBatch | null {
  const first = heads.get(accountId) ?? { revision: -1, hash: null };
  let head = first;
  const events: AppendBatch['events'][number][] = [];
  for (const command of commands) {
    if (command.on !== day) continue;
    const commandId = `${accountId}-${head.revision + 1}`;
    const sealed = sealCommand({
      accountId,
      commandId,
      firstRevision: head.revision + 1,
      previousHash: head.hash,
      recordedAt: instantOfMillis(Date.parse(day) + Math.floor(((n % 100_000) * DAY_MS) / 100_000)),
      businessDate: day,
      causation: { source: '/bench', id: commandId },
      actor: { id: 'bench', via: 'bench', authenticated: false },
      events: command.events.map((event) => ({ ...event, cause: { source: '/bench', id: commandId } })),
    });
    events.push(...sealed.toAppend);
    head = { revision: head.revision + sealed.toAppend.length, hash: sealed.lastHash };
  }
  if (events.length === 0) return null;
  heads.set(accountId, head);
  return { streamId: accountStreamId(accountId), expectedRevision: first.revision, events };
}

/** Appends in batches, a few at once; within one there is no stream twice. */
class Writer {
  private batches: AppendBatch[] = [];
  private waiting = 0;
  private readonly underway = new Set<Promise<void>>();
  private events = 0;
  private position: string | null = null;

  constructor(private readonly store: PostgresEventStore) {}

  async add(batch: AppendBatch | null): Promise<void> {
    if (batch === null) return;
    this.batches.push(batch);
    this.waiting += batch.events.length;
    if (this.waiting < EVENTS_PER_WRITE) return;
    this.flush();
    if (this.underway.size >= WRITES_AT_ONCE) await Promise.race(this.underway);
  }

  async settle(): Promise<void> {
    this.flush();
    await Promise.all(this.underway);
  }

  written(): Written {
    if (this.position === null) throw new Error('nothing was written');
    return { events: this.events, position: this.position };
  }

  private flush(): void {
    const { batches } = this;
    this.batches = [];
    this.waiting = 0;
    if (batches.length === 0) return;
    const writing = this.append(batches).finally(() => this.underway.delete(writing));
    this.underway.add(writing);
  }

  private async append(batches: readonly AppendBatch[]): Promise<void> {
    const results = await this.store.append([...batches].sort((a, b) => (a.streamId < b.streamId ? -1 : 1)));
    for (const [index, result] of results.entries()) {
      if (!result.ok) throw result.error;
      this.events += batches[index]?.events.length ?? 0;
      if (this.position === null || this.store.comparePositions(this.position, result.position) < 0) {
        this.position = result.position;
      }
    }
  }
}
