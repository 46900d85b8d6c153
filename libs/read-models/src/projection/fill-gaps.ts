import type { PublicEvent } from '@duestream/contracts';
import type { EventHistory, FeedBatch } from '@duestream/event-feed';
import type { Generation } from '../database/generation';
import { applyBatch } from './apply-batch';
import type { Gap, GapsInFeed } from './fold-fresh';

/**
 * Takes what the feed left out from the store, in transactions of at most `size` events that leave the checkpoint where
 * the batch begins. Throws `missing` when the store has not got it either.
 */
export async function fillGaps(
  generation: Generation,
  batch: FeedBatch,
  missing: GapsInFeed,
  history: Pick<EventHistory, 'readAccount'>,
  size: number,
): Promise<'applied' | 'fenced'> {
  const take = (events: readonly PublicEvent[]): Promise<'applied' | 'fenced'> =>
    applyBatch(generation, { ...batch, next: batch.expected, position: null, events });
  let events: PublicEvent[] = [];
  for (const { accountId, expected, actual } of stretches(missing.gaps)) {
    for (let next = expected; next < actual;) {
      const page = await history.readAccount(accountId, next, Math.min(actual - next, size - events.length));
      if (page.length === 0) throw missing;
      events.push(...page);
      next += page.length;
      if (events.length < size) continue;
      if ((await take(events)) === 'fenced') return 'fenced';
      events = [];
    }
  }
  return take(events);
}

/** One for each account: what came between two of its gaps must be taken in its turn. */
function stretches(gaps: readonly Gap[]): Iterable<Gap> {
  const byAccount = new Map<string, Gap>();
  for (const gap of gaps) {
    const { expected } = byAccount.get(gap.accountId) ?? gap;
    byAccount.set(gap.accountId, { ...gap, expected });
  }
  return byAccount.values();
}
