import { addDays, type AccountEvent, type AccountId, type LocalDate, initialState } from '@duestream/domain';
import { TestAccount } from '@duestream/domain/testing';
import { customers, limitMinor, money, type Customer } from '../../../apps/cli/src/demo/customers';
import { fulfilment, placing, plannedOrders, type Happening } from '../../../apps/cli/src/demo/trading';

/** What one account's commands wrote, each on its day. */
export interface Life {
  readonly commands: readonly { readonly on: LocalDate; readonly events: readonly AccountEvent[] }[];
}

export const FIRST_DAY = '2025-01-01' as LocalDate;

/** Lives of customers of the demo's wholesaler, as the domain decides them: orders, shipments, invoices and cash. */
export function tradingLives(count: number, days: number): Life[] {
  return customers()
    .slice(0, count)
    .map((customer) => tradingLife(customer, days));
}

/** A life of invoices that nobody pays, as many as wanted, on days that follow one another. */
export function unpaidLife(invoices: number): Life {
  const life = new Recorder();
  const [customer] = customers();
  if (customer === undefined) throw new Error('the demo has customers');
  life.open(customer, FIRST_DAY);
  for (let n = 1; n <= invoices; n += 1) {
    const issuedOn = addDays(FIRST_DAY, n);
    const amount = money(10_000 + n, customer.currency);
    life.send({ on: issuedOn, type: 'invoice.issued.v1', data: { invoiceId: `IN-${n}`, amount, issuedOn } });
  }
  return life;
}

function tradingLife(customer: Customer, days: number): Life {
  const life = new Recorder();
  life.open(customer, FIRST_DAY);
  const agenda = plannedOrders(customer, FIRST_DAY, days).map((order) => ({ happening: placing(order), order }));
  const end = addDays(FIRST_DAY, days);
  const due = new Map<LocalDate, Happening[]>();
  for (let day = FIRST_DAY; day < end; day = addDays(day, 1)) {
    for (const { happening, order } of agenda.filter((one) => one.happening.on === day)) {
      if (!life.send(happening)) continue;
      for (const next of fulfilment(order, day)) due.set(next.on, [...(due.get(next.on) ?? []), next]);
    }
    for (const happening of due.get(day) ?? []) life.send(happening);
  }
  return life;
}

class Recorder implements Life {
  readonly commands: { on: LocalDate; events: readonly AccountEvent[] }[] = [];
  private readonly account = new TestAccount();

  open({ name, currency, country, segment, terms, ...customer }: Customer, on: LocalDate): void {
    this.account.state = initialState('TEMPLATE' as AccountId);
    this.send({ on, type: 'account.opened.v1', data: { name, currency, country, segment, terms } });
    const amount = money(limitMinor({ name, currency, country, segment, terms, ...customer }), currency);
    this.send({ on, type: 'limit.set.v1', data: { amount, validFrom: on } });
  }

  /** Whether an order that it places is approved at once. */
  send({ on, type, data }: Happening): boolean {
    this.account.businessDate = on;
    const before = this.account.events.length;
    // The demo's happenings have the shape of their type, which the compiler cannot see here.
    this.account.send(type as 'order.placed.v1', data as never);
    const events = this.account.events.slice(before);
    if (events.length > 0) this.commands.push({ on, events });
    return events.some((event) => event.type === 'credit.approved.v1');
  }
}
