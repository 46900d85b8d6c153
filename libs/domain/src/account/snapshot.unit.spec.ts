import { TestAccount } from '../testing/test-account';
import { decodeDocument, encodeDocument, parseState, serialiseState } from './snapshot';
import { documentKey } from './documents';

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

test('an order that an event carries from before rejections were noted has none', () => {
  const account = TestAccount.opened('100.00');
  account.send('order.placed.v1', { orderId: 'O', amount: { amount: '10.00', currency: 'EUR' } });
  const order = account.state.orders.get(documentKey('order', '', 'O'));
  if (order === undefined) throw new Error('the order is not open');
  const { lastRejection: _, ...old } = encodeDocument({ kind: 'order', order }) as Record<string, unknown>;
  expect(decodeDocument('order', old)).toEqual({ kind: 'order', order });
});
