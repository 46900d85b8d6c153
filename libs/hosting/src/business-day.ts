import { BusinessDay, type AccountProcessor, type BusinessCalendar } from '@duestream/application';
import type { AccountId, AccountState } from '@duestream/domain';
import type { ReadModels } from '@duestream/read-models';
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

async function accountsToRecheck({ queries }: ReadModels, today: string): Promise<readonly AccountId[]> {
  const { value } = await queries.accountsToRecheck(today);
  return value.map((accountId) => accountId as AccountId);
}
