import {
  BusinessDay,
  type AccountProcessor,
  type AccountsToRecheck,
  type BusinessCalendar,
} from '@duestream/application';
import type { AccountId, AccountState } from '@duestream/domain';
import type { RoleConfig } from '@duestream/platform';
import type { ReadModels } from '@duestream/read-models';
import type { Engines } from './engines';
import { openReadersFeed } from './feeds';
import { runInOnePlace } from './in-one-place';
import { openReadModels } from './read-models';
import type { Surroundings } from './surroundings';

/** Has held orders looked at again on every new business day, until the teardown. */
export function startBusinessDay(
  processor: AccountProcessor<AccountState>,
  readModels: ReadModels,
  calendar: BusinessCalendar,
  { logger, teardown }: Surroundings,
  everyMs?: number,
): void {
  const businessDay = new BusinessDay({
    calendar,
    accounts: { accountsToRecheck: (today) => accountsToRecheck(readModels, today) },
    processor,
    ...(everyMs === undefined ? {} : { everyMs }),
    onError: (error) => logger.warn({ err: error }, 'held orders could not all be looked at again: trying again'),
  });
  teardown.add('business day', () => businessDay.stop());
  businessDay.start();
}

/**
 * The same where several processes decide: in one of them at a time. Only that one opens the read models, and not before
 * its turn, so that commands need none.
 */
export function startBusinessDayInOnePlace(
  config: RoleConfig,
  { store, connectionString }: Engines,
  processor: AccountProcessor<AccountState>,
  calendar: BusinessCalendar,
  around: Surroundings,
  everyMs?: number,
): void {
  const { logger, metrics, teardown } = around;
  const stop = runInOnePlace({
    connectionString,
    name: 'business-day',
    logger,
    begin: async (ending) => {
      const within = { logger, metrics, teardown: ending };
      const feed = openReadersFeed(config.feed.kafka, store, within);
      const readModels = await openReadModels(config, { connectionString, feed, calendar }, within);
      startBusinessDay(processor, readModels, calendar, within, everyMs);
    },
    onError: (error) => logger.warn({ err: error }, 'the business day could not be watched: trying again'),
  });
  teardown.add('business day, here or elsewhere', stop);
}

async function accountsToRecheck(
  { queries }: ReadModels,
  today: string,
): ReturnType<AccountsToRecheck['accountsToRecheck']> {
  const { accounts, settledUntil } = await queries.accountsToRecheck(today);
  return { accounts: accounts.map((accountId) => accountId as AccountId), settledUntil };
}
