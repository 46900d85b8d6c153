import type { AccountId } from '@duestream/domain';
import { accountIdOfStream, accountStreamId } from '@duestream/event-store';
import type { Damage } from './damage';
import { verifyStream, type AuditedStore } from './verify-stream';

export interface VerifyOptions {
  /** This account alone; else every stream of the store. */
  readonly accountId?: AccountId;
  onProgress?(done: { readonly streams: number; readonly events: number }): void;
}

export interface VerifyReport {
  readonly streams: number;
  readonly events: number;
  /** In the order of stream ids; the first thousand. */
  readonly damages: readonly Damage[];
  readonly damageCount: number;
}

const STREAMS_PER_PAGE = 500;
const STREAMS_AT_ONCE = 4;
const MAX_STREAMS_WITHOUT_HEAD = 1_000;
const MAX_DAMAGES = 1_000;

/**
 * Proves from the events alone that nothing was altered, dropped, moved or put in: recomputes every hash, and holds
 * revisions, ids, dates and heads against each other. The store may be at work meanwhile.
 */
export async function verify(store: AuditedStore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const damages: Damage[] = [];
  let [streams, events, damageCount] = [0, 0, 0];
  for await (const streamIds of streamIdsOf(store, options.accountId)) {
    const verified = await Promise.all(
      streamIds.map(async (streamId) => ({ streamId, ...(await verifyStream(store, streamId)) })),
    );
    for (const { streamId, eventCount, findings } of verified) {
      const accountId = accountIdOfStream(streamId);
      streams += eventCount > 0 || findings.length > 0 ? 1 : 0;
      events += eventCount;
      damageCount += findings.length;
      const room = MAX_DAMAGES - damages.length;
      damages.push(...findings.slice(0, room).map((finding) => ({ streamId, accountId, ...finding })));
    }
    options.onProgress?.({ streams, events });
  }
  return { streams, events, damages, damageCount };
}

async function* streamIdsOf(store: AuditedStore, accountId: AccountId | undefined): AsyncGenerator<readonly string[]> {
  if (accountId !== undefined) {
    yield [accountStreamId(accountId)];
    return;
  }
  let after: string | null = null;
  for (;;) {
    const heads = await store.readHeads({ after, limit: STREAMS_PER_PAGE });
    for (let first = 0; first < heads.length; first += STREAMS_AT_ONCE) {
      yield heads.slice(first, first + STREAMS_AT_ONCE).map(({ streamId }) => streamId);
    }
    const last = heads.at(-1);
    if (last === undefined || heads.length < STREAMS_PER_PAGE) break;
    after = last.streamId;
  }
  yield* groupsOf(await store.streamsWithoutHead(MAX_STREAMS_WITHOUT_HEAD));
}

function* groupsOf(streamIds: readonly string[]): Generator<readonly string[]> {
  for (let first = 0; first < streamIds.length; first += STREAMS_AT_ONCE) {
    yield streamIds.slice(first, first + STREAMS_AT_ONCE);
  }
}
