import { TestAccount } from '../../testing/test-account';

const put = (account: TestAccount, name: string, id: string): unknown =>
  account.send('account.put', { name, currency: 'EUR' }, id);

test('opens, changes, and answers the same again with the first effect whatever came between', () => {
  const account = new TestAccount();
  expect(put(account, 'Ada', 'k1')).toMatchObject({ status: 'accepted' });
  expect(put(account, 'Bea', 'k2')).toMatchObject({ status: 'accepted' });
  expect(put(account, 'Ada', 'k1')).toMatchObject({ status: 'duplicate', firstRevision: 0 });
  expect(account.state.profile?.fields.name).toBe('Bea');
});

test('a key that changed nothing when it came does not undo a later change', () => {
  const account = new TestAccount();
  put(account, 'Ada', 'k1');
  put(account, 'Ada', 'k3');
  put(account, 'Bea', 'k4');
  expect(put(account, 'Ada', 'k3')).toMatchObject({ status: 'duplicate' });
  expect(account.state.profile?.fields.name).toBe('Bea');
});

test('an account is not its own parent', () => {
  const account = TestAccount.opened();
  expect(account.send('account.put', { parentId: 'C-1' })).toMatchObject({ refusal: { code: 'account.own-parent' } });
});
