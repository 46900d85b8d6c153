import type { AccountId, LocalDate } from '@duestream/domain';
import type { Answer, CommandRequest } from '../processor/requests';
import { BusinessDay } from './business-day';

const accounts = ['C-1', 'C-2'] as AccountId[];
const answer: Answer = { status: 'accepted', accountRevision: 0, position: '1', eventTypes: [] };

function watched(fails: (accountId: string) => boolean = () => false) {
  const state = { today: '2026-03-02' as LocalDate, asked: [] as string[], errors: [] as unknown[] };
  const businessDay = new BusinessDay({
    calendar: { today: () => state.today },
    accounts: { accountsToRecheck: () => Promise.resolve(accounts) },
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
