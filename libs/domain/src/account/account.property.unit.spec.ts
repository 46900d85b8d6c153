import fc from 'fast-check';
import { decisionExposure } from './exposure';
import type { Move, RecordedEvent } from './events';
import { evolve } from './evolve';
import { openOfInvoice } from './invoice/invoice';
import { limitOn } from './limit/limit';
import { finalStages } from './order/stages';
import { restOf } from './cash/cash';
import { parseState, serialiseState } from './snapshot';
import { initialState, type AccountState } from './state';
import { minorOf } from '../money/money';
import type { Currency } from '../money/currencies';
import { addDays } from '../time/local-date';
import { steps, type Step } from '../testing/arbitrary-commands';
import { TestAccount } from '../testing/test-account';

const EUR = 'EUR' as Currency;
const RUNS = { numRuns: 40 };

function play(list: readonly Step[], account = TestAccount.opened('500.00')): TestAccount {
  for (const step of list) {
    account.businessDate = addDays(account.businessDate, step.moveOn);
    account.send(step.type as 'credit.recheck', step.data as Record<string, never>, undefined, step.time);
  }
  return account;
}

const minorOfMove = (move: Move): bigint => minorOf(move.amount, move.currency as Currency) ?? 0n;

/** Every day on which something changes, with the running sums of the moves in each group. */
function lowest(moves: readonly Move[], groupOf: (move: Move) => string): Map<string, bigint> {
  const byDay = [...moves].sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : a.effectiveAt > b.effectiveAt ? 1 : 0));
  const sums = new Map<string, bigint>();
  const low = new Map<string, bigint>();
  byDay.forEach((move, index) => {
    const group = groupOf(move);
    sums.set(group, (sums.get(group) ?? 0n) + minorOfMove(move));
    if (byDay[index + 1]?.effectiveAt === move.effectiveAt) return;
    for (const [key, sum] of sums) if (sum < (low.get(key) ?? 0n)) low.set(key, sum);
  });
  return low;
}

test('no category, item or payment is negative on any day', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const moves = play(list).moves();
      expect(lowest(moves, (move) => `${move.category} ${move.currency}`)).toEqual(new Map());
      const ofDocument = ({ category, document, item }: Move): string =>
        [category, document.kind, document.number, item ?? ''].join(' ');
      expect(lowest(moves, ofDocument)).toEqual(new Map());
    }),
    RUNS,
  );
});

test('nothing but a fact or a person takes the exposure over the limit', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const account = play(list);
      let state = initialState(account.state.accountId);
      for (const event of account.events) {
        const before = state;
        state = evolve(state, event);
        const wasCounted = decisionExposure(before, EUR, event.businessDate).total;
        const isCounted = decisionExposure(state, EUR, event.businessDate).total;
        const byHand = event.type === 'credit.released.v1' && event.data.trigger === 'manual';
        const isOrder = event.type.startsWith('credit.') || event.type === 'order.changed.v1';
        if (!isOrder || byHand || isCounted <= wasCounted) continue;
        const limit = limitOn(state.limits, event.businessDate);
        expect(limit.kind).toBe('set');
        if (limit.kind === 'set') expect(isCounted).toBeLessThanOrEqual(limit.minor);
      }
    }),
    RUNS,
  );
});

test('the sums of the moves are what the open documents hold', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { state } = play(list);
      const totals = state.totals.get(EUR);
      let [orders, deliveries, receivables, unappliedCash, creditNotes] = [0n, 0n, 0n, 0n, 0n];
      for (const order of state.orders.values()) {
        if (order.currency !== EUR) continue;
        orders += finalStages(order).orders;
        deliveries += finalStages(order).deliveries;
      }
      for (const invoice of state.invoices.values()) {
        if (invoice.currency === EUR) receivables += openOfInvoice(invoice);
      }
      for (const cash of state.cash.values()) {
        if (cash.currency !== EUR) continue;
        if (cash.kind === 'payment') unappliedCash += restOf(cash);
        else creditNotes += restOf(cash);
      }
      if (totals !== undefined) expect(totals).toEqual({ orders, deliveries, receivables, unappliedCash, creditNotes });
    }),
    RUNS,
  );
});

test('value is conserved: what came in is open, applied, refunded, reversed or written off', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { events, state } = play(list);
      const totals = state.totals.get(EUR);
      if (totals === undefined) return;
      const sum = (pick: (event: RecordedEvent) => bigint): bigint =>
        events.reduce((all, event) => all + pick(event), 0n);
      const money = (text: { readonly amount: string; readonly currency: string }): bigint =>
        text.currency === EUR ? (minorOf(text.amount, EUR) ?? 0n) : 0n;
      const ended = (event: RecordedEvent): bigint =>
        'ended' in event.data ? event.data.ended.reduce((all, one) => all + money(one.amount), 0n) : 0n;
      const of =
        (type: string) =>
        (event: RecordedEvent): bigint =>
          event.type === type && 'amount' in event.data && event.data.amount ? money(event.data.amount) : 0n;
      const applied = sum(of('cash.applied.v1')) - sum(ended);
      expect(sum(of('invoice.issued.v1'))).toBe(totals.receivables + applied + sum(of('invoice.written-off.v1')));
      expect(sum(of('payment.received.v1')) + sum(of('credit-note.issued.v1'))).toBe(
        totals.unappliedCash +
          totals.creditNotes +
          applied +
          sum(of('payment.refunded.v1')) +
          sum(of('payment.reversed.v1')),
      );
    }),
    RUNS,
  );
});

test('folding a prefix and then the rest gives what folding all gives, over a snapshot too', () => {
  fc.assert(
    fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
      const { events, state } = play(list);
      const fold = (from: AccountState, some: readonly RecordedEvent[]): AccountState => some.reduce(evolve, from);
      const cut = Math.floor(events.length * share);
      const prefix = fold(initialState(state.accountId), events.slice(0, cut));
      const restored = parseState(serialiseState(prefix));
      if (restored === null) throw new Error('the snapshot could not be read');
      const whole = serialiseState(state);
      expect(serialiseState(fold(prefix, events.slice(cut)))).toBe(whole);
      expect(serialiseState(fold(restored, events.slice(cut)))).toBe(whole);
    }),
    RUNS,
  );
});

test('the state that a decision gives is what its recorded events give', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const account = TestAccount.opened('500.00');
      for (const step of list) {
        account.businessDate = addDays(account.businessDate, step.moveOn);
        const result = account.send(step.type as 'credit.recheck', step.data as Record<string, never>);
        if ('state' in result) expect(serialiseState(result.state)).toBe(serialiseState(account.state));
      }
    }),
    RUNS,
  );
});

test('every message sent twice is once', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const account = TestAccount.opened('500.00');
      list.forEach((step, index) => {
        account.businessDate = addDays(account.businessDate, step.moveOn);
        const send = (): string =>
          account.send(step.type as 'credit.recheck', step.data as Record<string, never>, `twice-${index}`).status;
        const first = send();
        const recorded = account.events.length;
        const second = send();
        if (step.type === 'credit.recheck') return;
        expect(second).toBe(first === 'refused' ? 'refused' : 'duplicate');
        expect(account.events).toHaveLength(recorded);
      });
    }),
    RUNS,
  );
});
