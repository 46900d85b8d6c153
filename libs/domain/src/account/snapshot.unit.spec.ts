import { TestAccount } from '../testing/test-account';
import { parseState, serialiseState } from './snapshot';

test('a state reads back as it was, whatever its attributes are called', () => {
  const account = TestAccount.opened('100.00');
  account.send('account.changed.v1', { attributes: { $n: 'not a number', $m: 'not a map', $$: 'x', __proto__x: 'y' } });
  const text = serialiseState(account.state);
  const back = parseState(text);
  expect(back?.profile).toEqual(account.state.profile);
  expect(back === null ? '' : serialiseState(back)).toBe(text);
});

test.each(['', '{', 'null', '[]', '{"$n":"zz"}', '{"accountId":"A","revision":1,"index":{"$m":[]}}'])(
  '%s is no state',
  (text) => {
    expect(parseState(text)).toBeNull();
  },
);
