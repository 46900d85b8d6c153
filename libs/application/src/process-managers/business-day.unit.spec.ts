import type { AccountId, Instant, LocalDate } from '@duestream/domain';
import type { Answer, CommandRequest } from '../processor/requests';
import { BusinessDay } from './business-day';

const accounts = ['C-1', 'C-2'] as AccountId[];
const answer: Answer = { status: 'accepted', accountRevision: 0, position: '1', eventTypes: [] };

function watched(fails: (accountId: string) => boolean = () => false) {
  const state = {
    today: '2026-03-02' as LocalDate,
    accounts,
    settledUntil: '9999-12-31T00:00:00.000Z',
    asked: [] as string[],
    errors: [] as unknown[],
  };
  const businessDay = new BusinessDay({
    calendar: {
      moment: () => ({ businessDate: state.today, recordedAt: `${state.today}T00:00:00.005Z` as Instant }),
    },
    accounts: {
      accountsToRecheck: () => Promise.resolve({ accounts: state.accounts, settledUntil: state.settledUntil }),
    },
    processor: {
      submit: ({ command }: CommandRequest) => {
        if (fails(command.accountId)) return Promise.reject(new Error('away'));
        state.asked.push(`${command.type} ${command.accountId} ${command.id}`);
        return Promise.resolve(answer);
      },
    },
    onError: (error) => state.errors.push(error),
  });
  return { state, businessDay };
}

it('has every account that holds something looked at once a day', async () => {
  const { state, businessDay } = watched();
  await businessDay.look();
  await businessDay.look();
  expect(state.asked).toEqual(['credit.recheck C-1 2026-03-02', 'credit.recheck C-2 2026-03-02']);
  state.today = '2026-03-03' as LocalDate;
  await businessDay.look();
  expect(state.asked.slice(2)).toEqual(['credit.recheck C-1 2026-03-03', 'credit.recheck C-2 2026-03-03']);
});

it('looks again for what was held just before midnight, until nothing of the day before can show any more', async () => {
  const { state, businessDay } = watched();
  state.settledUntil = '2026-03-01T23:59:59.990Z';
  await businessDay.look();
  state.accounts = [...accounts, 'C-3' as AccountId];
  state.settledUntil = '2026-03-02T00:00:00.005Z';
  await businessDay.look();
  state.accounts = [...state.accounts, 'C-4' as AccountId];
  await businessDay.look();
  expect(state.asked).toEqual(['C-1', 'C-2', 'C-3'].map((id) => `credit.recheck ${id} 2026-03-02`));
});

it('begins the day again after a failure, and tells of it', async () => {
  let isAway = true;
  const { state, businessDay } = watched(() => isAway);
  await businessDay.look();
  expect(state.errors).toHaveLength(2);
  isAway = false;
  await businessDay.look();
  expect(state.asked).toHaveLength(2);
});

it('goes on with the other accounts when one fails', async () => {
  const { state, businessDay } = watched((accountId) => accountId === 'C-1');
  await businessDay.look();
  expect(state.asked).toEqual(['credit.recheck C-2 2026-03-02']);
  expect(state.errors).toHaveLength(1);
});

it('begins no further account once it is stopped', async () => {
  const { state, businessDay } = watched();
  businessDay.stop();
  await businessDay.look();
  expect(state.asked).toEqual([]);
});
