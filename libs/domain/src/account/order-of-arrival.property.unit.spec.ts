import fc from 'fast-check';
import type { Move } from './events';
import { minorOf } from '../money/money';
import type { Currency } from '../money/currencies';
import { histories, type Sent } from '../testing/arbitrary-history';
import { TestAccount } from '../testing/test-account';

function play(messages: readonly Sent[]): TestAccount {
  const account = TestAccount.opened();
  account.enforcement = 'observe';
  for (const { type, data, id, time } of messages) {
    account.send(type as 'credit.recheck', data as Record<string, never>, id, time);
  }
  return account;
}

/**
 * What every document comes to, and for orders its change on every day; what two moves undo is not there. The days of
 * applications may differ: one never counts before the end of another that had stood (DOMAIN.md §4), and which of two
 * was the other depends on when they were learnt of.
 */
function figures(moves: readonly Move[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { category, document, item, effectiveAt, amount, currency } of moves) {
    const on = document.kind === 'order' ? effectiveAt : '';
    const key = [category, document.kind, document.number, item ?? '', on].join(' ');
    sums.set(key, (sums.get(key) ?? 0n) + (minorOf(amount, currency as Currency) ?? 0n));
  }
  return new Map([...sums].filter(([, minor]) => minor !== 0n).sort());
}

const shuffled = histories.chain((messages) =>
  fc.tuple(
    fc.constant(messages),
    fc.shuffledSubarray([...messages.keys()], { minLength: messages.length, maxLength: messages.length }),
  ),
);

test('messages in any order give the same end', () => {
  fc.assert(
    fc.property(shuffled, ([messages, order]) => {
      const straight = play(messages);
      const mixed = play(order.flatMap((index) => messages[index] ?? []));
      expect(straight.state.waiting.size).toBe(0);
      expect(mixed.state.waiting.size).toBe(0);
      expect(figures(mixed.moves())).toEqual(figures(straight.moves()));
    }),
    { numRuns: 120 },
  );
});

test('the order of arrival does not change where an order stands', () => {
  fc.assert(
    fc.property(shuffled, ([messages, order]) => {
      const straight = play(messages);
      const mixed = play(order.flatMap((index) => messages[index] ?? []));
      for (const message of messages) {
        if (message.type !== 'order.placed.v1') continue;
        const again = (account: TestAccount): unknown =>
          account.send(
            'order.placed.v1',
            message.data as { orderId: string; amount: { amount: string; currency: string } },
            message.id,
          );
        expect(again(mixed)).toMatchObject({ orderStatus: (again(straight) as { orderStatus: string }).orderStatus });
      }
    }),
    { numRuns: 40 },
  );
});
