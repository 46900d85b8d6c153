import { setTimeout as sleep } from 'node:timers/promises';
import { instantOfMillis, type AccountId, type LocalDate } from '@duestream/domain';
import { accountStreamId, sealCommand, type AppendBatch } from '@duestream/event-store';
import type { Figure } from './figure';
import { writeHistory, type Head } from './history';
import { openingLife, orderEvents } from './lives';
import { assertEqual, openParts, type Parts } from './open-parts';

export interface ProjectionLagOptions {
  readonly ordersPerSecond?: number;
  readonly seconds?: number;
  readonly accounts?: number;
}

const TICK_MS = 10;
const DAY = '2025-02-01' as LocalDate;

/**
 * How far the read models are behind the acknowledgement of an append while orders come at a steady pace that nothing
 * holds back (open loop). The database must be empty.
 */
export async function projectionLag(
  connectionString: string,
  { ordersPerSecond = 1_500, seconds = 20, accounts = 10_000 }: ProjectionLagOptions = {},
): Promise<readonly Figure[]> {
  const parts = await openParts(connectionString);
  try {
    const { heads } = await writeHistory(parts.store, [openingLife()], accounts);
    await parts.models.rebuild();
    parts.models.start();
    const orders = new Orders(heads);
    const lags = await sendSteadily(parts, orders, ordersPerSecond, seconds);
    assertEqual('orders', await parts.count(`SELECT count(*) FROM ${await parts.liveSchema()}.orders`), orders.made);
    const at = (share: number): number => Math.round(lags[Math.floor(share * (lags.length - 1))] ?? Number.NaN);
    const name = `read model behind the acknowledgement at ${ordersPerSecond} orders/s`;
    return [
      { name: `${name}, p50`, value: at(0.5), unit: 'ms', goal: { atMost: 120 } },
      { name: `${name}, p99`, value: at(0.99), unit: 'ms', goal: { atMost: 120 } },
    ];
  } finally {
    await parts.close();
  }
}

/** Milliseconds from each append's answer until the read models show it, sorted. */
async function sendSteadily(parts: Parts, orders: Orders, perSecond: number, seconds: number): Promise<number[]> {
  const lags: number[] = [];
  const underway: Promise<void>[] = [];
  const began = performance.now();
  for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - began) {
    const due = Math.floor((elapsedMs / 1_000) * perSecond) - orders.made;
    if (due > 0) underway.push(measureOne(parts, orders.next(due), lags));
    await sleep(TICK_MS);
  }
  await Promise.all(underway);
  return lags.sort((a, b) => a - b);
}

async function measureOne({ store, models }: Parts, batches: readonly AppendBatch[], lags: number[]): Promise<void> {
  const results = await store.append(batches);
  const acknowledged = performance.now();
  let last: string | null = null;
  for (const result of results) {
    if (!result.ok) throw result.error;
    if (last === null || store.comparePositions(last, result.position) < 0) last = result.position;
  }
  if (last === null) return;
  await models.waitFor(last, 60_000);
  lags.push(performance.now() - acknowledged);
}

/** Orders of the accounts in turn, so that no account is written twice at a time. */
class Orders {
  made = 0;
  private readonly ids: readonly AccountId[];
  private readonly eventsOf = orderEvents();

  constructor(private readonly heads: Map<AccountId, Head>) {
    this.ids = [...heads.keys()];
  }

  next(count: number): AppendBatch[] {
    const batches = Array.from({ length: Math.min(count, this.ids.length) }, () => this.one());
    return batches.sort((a, b) => (a.streamId < b.streamId ? -1 : 1));
  }

  private one(): AppendBatch {
    const accountId = this.ids[this.made % this.ids.length];
    const head = accountId === undefined ? undefined : this.heads.get(accountId);
    if (accountId === undefined || head === undefined) throw new Error('there are accounts');
    this.made += 1;
    const commandId = `order-${this.made}`;
    const cause = { source: '/bench', id: commandId };
    const sealed = sealCommand({
      accountId,
      commandId,
      firstRevision: head.revision + 1,
      previousHash: head.hash,
      recordedAt: instantOfMillis(Date.parse(DAY) + this.made),
      businessDate: DAY,
      causation: cause,
      actor: { id: 'bench', via: 'bench', authenticated: false },
      events: this.eventsOf(`SO-${this.made}`).map((event) => ({ ...event, cause })),
    });
    this.heads.set(accountId, { revision: head.revision + sealed.toAppend.length, hash: sealed.lastHash });
    return { streamId: accountStreamId(accountId), expectedRevision: head.revision, events: sealed.toAppend };
  }
}
