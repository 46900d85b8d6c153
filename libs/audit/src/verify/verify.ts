import type { AccountId } from '@duestream/domain';
import { accountIdOfStream, accountStreamId, type StreamHead } from '@duestream/event-store';
import type { Damage } from './damage';
import { verifyStream, type AuditedStore } from './verify-stream';

export interface VerifyOptions {
  /** This account alone; else every stream of the store. */
  readonly accountId?: AccountId;
  /** Ends it, by the signal's reason, before the next streams are read. */
  readonly signal?: AbortSignal;
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
const STREAMS_AT_ONCE = 8;
const MAX_STREAMS_WITHOUT_HEAD = 1_000;
const MAX_DAMAGES = 1_000;

/**
 * Proves from the events alone that nothing was altered, dropped, moved or put in: recomputes every hash, and holds
 * revisions, ids, dates and heads against each other. The store may be at work meanwhile.
 */
export async function verify(store: AuditedStore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const damages: Damage[] = [];
  let [streams, events, damageCount] = [0, 0, 0];
  const end = await store.readEnd();
  for await (const group of streamsOf(store, options.accountId)) {
    options.signal?.throwIfAborted();
    const verified = await Promise.all(
      group.map(async ({ streamId, head }) => ({ streamId, ...(await verifyStream(store, streamId, head, end)) })),
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

interface StreamToVerify {
  readonly streamId: string;
  readonly head: StreamHead | null;
}

/** In groups that are verified together. */
async function* streamsOf(
  store: AuditedStore,
  accountId: AccountId | undefined,
): AsyncGenerator<readonly StreamToVerify[]> {
  if (accountId !== undefined) {
    const streamId = accountStreamId(accountId);
    yield [{ streamId, head: await store.findHead(streamId) }];
    return;
  }
  for (let after: string | null = null; ;) {
    const heads: readonly StreamHead[] = await store.readHeads({ after, limit: STREAMS_PER_PAGE });
    yield* groupsOf(heads.map((head) => ({ streamId: head.streamId, head })));
    after = heads.at(-1)?.streamId ?? after;
    if (heads.length < STREAMS_PER_PAGE) break;
  }
  const headless = await store.streamsWithoutHead(MAX_STREAMS_WITHOUT_HEAD);
  yield* groupsOf(headless.map((streamId) => ({ streamId, head: null })));
}

function* groupsOf(streams: readonly StreamToVerify[]): Generator<readonly StreamToVerify[]> {
  for (let first = 0; first < streams.length; first += STREAMS_AT_ONCE) {
    yield streams.slice(first, first + STREAMS_AT_ONCE);
  }
}
