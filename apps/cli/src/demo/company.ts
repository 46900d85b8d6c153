import { addDays, compareCodePoints, type CreditDecision, type LocalDate } from '@duestream/domain';
import type { Answer } from '@duestream/contracts';
import { customers, limitMinor, money, FAILING_ACCOUNT, INSOLVENT_ACCOUNT, type Customer } from './customers';
import { fulfilment, placing, plannedOrders, type Happening, type PlannedOrder } from './trading';

const DAYS = 730;
/** So many days go out together; what follows an order begins in the next period. */
const PERIOD_DAYS = 7;
/** What was held is asked for every so many periods: the answer waits for the read models. */
const HOLDS_EVERY = 3;

/** How the company speaks to Duestream. */
export interface Door {
  /** Sends messages in their order and gives their answers. */
  send(messages: readonly object[]): Promise<readonly Answer[]>;
  /** Account and order of everything that is held now, everything sent included. */
  heldOrders(): Promise<readonly { readonly accountId: string; readonly orderId: string }[]>;
}

export interface Tally {
  readonly accounts: number;
  orders: number;
  messages: number;
  readonly outcomes: Record<CreditDecision['outcome'], number>;
  /** Held orders that were let go later because something cleared the reason. */
  releasedLater: number;
  refused: Answer[];
}

/**
 * Two years of a wholesaler, ending today: its systems send what happens day by day and ship what Duestream approves.
 * The same day gives the same company.
 */
export async function trade(
  door: Door,
  today: LocalDate,
  onProgress: (day: number, days: number, messages: number) => void,
): Promise<Tally> {
  const first = addDays(today, 1 - DAYS);
  const all = customers();
  const tally: Tally = {
    accounts: all.length,
    orders: 0,
    messages: 0,
    outcomes: { approved: 0, held: 0, rejected: 0 },
    releasedLater: 0,
    refused: [],
  };
  const byId = new Map(all.map((one) => [one.accountId, one]));
  const agenda = new Agenda();
  for (const one of all) openingOf(one, first, today).forEach((happening) => agenda.add(one, happening));
  const orders = new Map<string, PlannedOrder>();
  for (const order of all.flatMap((one) => plannedOrders(one, first, DAYS))) {
    orders.set(order.orderId, order);
    agenda.add(order.customer, placing(order));
  }
  const held = new Set<string>();
  for (let day = 0; day < DAYS; day += PERIOD_DAYS) {
    const next = addDays(first, day + PERIOD_DAYS);
    const entries = agenda.takeBefore(next > today ? addDays(today, 1) : next);
    const answers = await door.send(entries.map(({ message }) => message));
    entries.forEach(({ accountId, happening }, index) => {
      const answer = answers[index];
      const customer = byId.get(accountId);
      if (answer === undefined || customer === undefined) return;
      if (answer.status === 'refused') tally.refused.push(answer);
      const order = orders.get(String(happening.data['orderId']));
      if (happening.type !== 'order.placed.v1' || answer.decision === undefined || order === undefined) return;
      tally.orders++;
      tally.outcomes[answer.decision.outcome]++;
      if (answer.orderStatus === 'held') held.add(order.orderId);
      if (answer.orderStatus === 'approved') plan(agenda, order, next);
    });
    tally.messages += entries.length;
    if (held.size > 0 && (day / PERIOD_DAYS) % HOLDS_EVERY === 0) {
      const still = new Set((await door.heldOrders()).map(({ orderId }) => orderId));
      for (const orderId of [...held].filter((one) => !still.has(one))) {
        held.delete(orderId);
        tally.releasedLater++;
        const order = orders.get(orderId);
        if (order !== undefined) plan(agenda, order, next);
      }
    }
    onProgress(Math.min(day + PERIOD_DAYS, DAYS), DAYS, tally.messages);
  }
  return tally;
}

function plan(agenda: Agenda, order: PlannedOrder, from: LocalDate): void {
  for (const happening of fulfilment(order, from)) agenda.add(order.customer, happening);
}

function openingOf(customer: Customer, first: LocalDate, today: LocalDate): Happening[] {
  const { name, currency, country, segment, terms } = customer;
  const limit = limitMinor(customer);
  const opening: Happening[] = [
    { on: first, type: 'account.opened.v1', data: { name, currency, country, segment, terms } },
    {
      on: first,
      type: 'limit.set.v1',
      data: { amount: money(limit, currency), validFrom: first, reason: 'opening limit' },
    },
  ];
  if (customer.accountId === INSOLVENT_ACCOUNT) {
    const blockedOn = addDays(today, -180);
    const blocked = { reason: 'insolvency proceedings opened', blockedOn };
    return [...opening, { on: blockedOn, type: 'account.blocked.v1', data: blocked }];
  }
  if (customer.accountId !== FAILING_ACCOUNT) return opening;
  // Credit staff raised it while it grew; nobody has taken it back.
  const raisedOn = addDays(today, -400);
  const raised = { amount: money(limit * 3, currency), validFrom: raisedOn, reason: 'growing customer' };
  return [...opening, { on: raisedOn, type: 'limit.set.v1', data: raised }];
}

interface Entry {
  readonly accountId: string;
  readonly happening: Happening;
  readonly message: object;
  readonly sequence: number;
}

/** What is still to happen, by day. */
class Agenda {
  private readonly days = new Map<LocalDate, Entry[]>();
  private readonly sequences = new Map<string, number>();

  add({ accountId }: Customer, happening: Happening): void {
    const sequence = (this.sequences.get(accountId) ?? 0) + 1;
    this.sequences.set(accountId, sequence);
    const message = {
      specversion: '1.0',
      id: `${accountId}-${sequence}`,
      source: '/demo/erp',
      type: happening.type,
      subject: accountId,
      time: `${happening.on}T08:00:00Z`,
      data: happening.data,
    };
    const day = this.days.get(happening.on) ?? [];
    day.push({ accountId, happening, message, sequence });
    this.days.set(happening.on, day);
  }

  /** What happens before a day, in its order, and takes it off the agenda. */
  takeBefore(end: LocalDate): Entry[] {
    const due = [...this.days.keys()].filter((day) => day < end).sort();
    return due.flatMap((day) => {
      const entries = this.days.get(day) ?? [];
      this.days.delete(day);
      return entries.sort((a, b) => compareCodePoints(a.accountId, b.accountId) || a.sequence - b.sequence);
    });
  }
}
