import type { AccountId } from '@duestream/domain';
import type { LoadedAccount } from './account-loader';
import type { FoldedState } from './decider';
import type { Mailbox } from './mailbox';
import { Mailboxes } from './mailboxes';

interface TestState extends FoldedState {
  readonly name: string;
}

/** Puts a state of so many bytes into the account's mailbox and lets it rest. */
function keep(mailboxes: Mailboxes<TestState>, name: string, bytes: number): Mailbox<TestState> {
  const mailbox = mailboxes.of(name as AccountId);
  mailbox.account ??= { state: { name, revision: 0, lastRecordedAt: null }, bytes } as LoadedAccount<TestState>;
  mailboxes.rest(mailbox);
  return mailbox;
}

const stateOf = (mailboxes: Mailboxes<TestState>, name: string): string | undefined =>
  mailboxes.of(name as AccountId).account?.state.name;

it('forgets the least recently used when the bytes exceed the limit', () => {
  const mailboxes = new Mailboxes<TestState>(100);
  for (const name of ['A', 'B', 'A', 'C']) keep(mailboxes, name, 40);
  expect(mailboxes.sizeBytes).toBe(80);
  expect(['A', 'B', 'C'].map((name) => stateOf(mailboxes, name))).toEqual(['A', undefined, 'C']);
});

it('gives everybody the same mailbox of an account, and does not forget one in use', () => {
  const mailboxes = new Mailboxes<TestState>(50);
  keep(mailboxes, 'A', 40);
  const used = mailboxes.of('A' as AccountId);
  expect(mailboxes.sizeBytes).toBe(0);
  keep(mailboxes, 'B', 40);
  expect(mailboxes.of('A' as AccountId)).toBe(used);
  expect(used.account?.state.name).toBe('A');
});

it('does not keep what is larger than everything it may hold', () => {
  const mailboxes = new Mailboxes<TestState>(100);
  keep(mailboxes, 'A', 10);
  keep(mailboxes, 'B', 101);
  expect(['A', 'B'].map((name) => stateOf(mailboxes, name))).toEqual(['A', undefined]);
});

it('does not keep one without a state', () => {
  const mailboxes = new Mailboxes<TestState>(100);
  const empty = mailboxes.of('A' as AccountId);
  mailboxes.rest(empty);
  expect(mailboxes.of('A' as AccountId)).not.toBe(empty);
});
