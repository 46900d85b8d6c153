import fc from 'fast-check';
import { moneyOf } from '../../money/money';
import { addDays, latest } from '../../time/local-date';
import { orderSteps } from '../../testing/arbitrary-order';
import type { Step } from '../../testing/arbitrary-commands';
import { day, eur, TestAccount } from '../../testing/test-account';
import { documentKey } from '../documents';
import type { RecordedEvent } from '../events';
import { evolveDocuments } from '../evolve';
import { initialState } from '../state';
import { isBefore, type Order, type OrderTotal } from './order';
import { stagesOn } from './stages';

const RUNS = { numRuns: 200 };

function play(list: readonly Step[]): TestAccount {
  const account = TestAccount.opened('100.00');
  account.send('order.placed.v1', { orderId: 'O', amount: eur('100.00'), orderDate: day('2026-03-03') });
  for (const step of list) {
    account.businessDate = addDays(account.businessDate, step.moveOn);
    account.send(step.type as 'credit.recheck', step.data as Record<string, never>, undefined, step.time);
  }
  return account;
}

interface Told {
  readonly event: RecordedEvent;
  readonly order: Order;
}

/** The order after each of its events. */
function told(events: readonly RecordedEvent[]): Told[] {
  let state = initialState(TestAccount.opened().state.accountId);
  const after: Told[] = [];
  for (const event of events) {
    state = evolveDocuments(state, event);
    const order = state.orders.get(documentKey('order', '', 'O'));
    if (order !== undefined && 'orderId' in event.data) after.push({ event, order });
  }
  return after;
}

/** The total that an event lets through, unless another one of a later day or hour has taken its place already. */
function letThrough({ event, order }: Told): OrderTotal | null {
  const { type, data, businessDate } = event;
  if (type === 'credit.approved.v1' || type === 'credit.released.v1') {
    const total = order.totals.find((one) => one.revision === data.of);
    return { on: order.orderDate, at: event.recordedAt, revision: data.of, ...total, minor: moneyOf(data.total).minor };
  }
  if (type !== 'order.changed.v1' || data.authorisedFrom === undefined) return null;
  const total = order.totals.find((one) => one.revision === event.revision);
  if (total === undefined) return null;
  const day = latest(businessDate, total.on);
  return order.totals.some((one) => isBefore(total, one) && one.on <= day) ? null : total;
}

test('what is let through is reserved from that day, less what has left the order', () => {
  fc.assert(
    fc.property(orderSteps, (list) => {
      for (const one of told(play(list).events)) {
        const total = letThrough(one);
        if (total === null) continue;
        const whole = { ...one.order, shipments: [], invoiced: [], cancelledOn: null, closedOn: null };
        expect(stagesOn(whole, latest(one.event.businessDate, total.on)).orders).toBe(total.minor);
      }
    }),
    RUNS,
  );
});
