import { addDays, dueDate, type LocalDate } from '@duestream/domain';
import { money, type Customer } from './customers';

/** A message of the company's systems on its day. */
export interface Happening {
  readonly on: LocalDate;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An order before it was decided on. */
export interface PlannedOrder {
  readonly orderId: string;
  readonly customer: Customer;
  readonly on: LocalDate;
  readonly minor: number;
  /** How far the customer's decline has come, 0 … 1; 0 for all but one. */
  readonly decline: number;
}

/** The orders of a customer from `first` to `last`, evenly spread by chance. */
export function plannedOrders(customer: Customer, first: LocalDate, days: number): PlannedOrder[] {
  const random = customer.random.fork('orders');
  const orders: PlannedOrder[] = [];
  for (let day = 0, n = 1; day < days; day++) {
    const decline = customer.habit === 'failing' ? day / days : 0;
    if (!random.permille(Math.round((customer.ordersPerYear * (1 + decline) * 1000) / 365))) continue;
    const minor = Math.round((customer.orderMinor * random.between(40, 190)) / 100);
    const orderId = `SO-${customer.accountId.slice(2)}-${String(n++).padStart(4, '0')}`;
    orders.push({ orderId, customer, on: addDays(first, day), minor, decline });
  }
  return orders;
}

export function placing({ orderId, customer, on, minor }: PlannedOrder): Happening {
  const data = { orderId, amount: money(minor, customer.currency), orderDate: on, terms: customer.terms };
  return { on, type: 'order.placed.v1', data: { ...data, shipBy: addDays(on, 10) } };
}

/** All that follows an approval on `from`: changes, part shipments, invoices and what becomes of them. */
export function fulfilment(order: PlannedOrder, from: LocalDate): Happening[] {
  const { orderId, customer } = order;
  const random = customer.random.fork(orderId);
  if (random.permille(15)) {
    const cancelledOn = addDays(from, random.between(1, 3));
    return [
      { on: cancelledOn, type: 'order.cancelled.v1', data: { orderId, reason: 'customer changed plans', cancelledOn } },
    ];
  }
  const happenings: Happening[] = [];
  let minor = order.minor;
  if (random.permille(40)) {
    const changedOn = addDays(from, 1);
    minor = Math.round((minor * random.between(60, 95)) / 100);
    happenings.push({
      on: changedOn,
      type: 'order.changed.v1',
      data: { orderId, amount: money(minor, customer.currency), changedOn },
    });
  }
  const parts = random.permille(220) ? random.between(2, 3) : 1;
  let left = minor;
  for (let part = 1; part <= parts; part++) {
    const last = part === parts;
    const share = last ? left : Math.round(minor / parts);
    // Now and then the last part falls short, or a little more is delivered.
    const shipped =
      last && random.permille(40) ? Math.max(1, Math.round((share * random.between(92, 103)) / 100)) : share;
    left -= share;
    const shippedOn = addDays(from, random.between(1, 4) + (part - 1) * 6);
    happenings.push(...delivery(order, { part, parts, minor: shipped, shippedOn, last }));
  }
  return happenings;
}

interface Delivery {
  readonly part: number;
  readonly parts: number;
  readonly minor: number;
  readonly shippedOn: LocalDate;
  readonly last: boolean;
}

function delivery(order: PlannedOrder, { part, minor, shippedOn, last, parts }: Delivery): Happening[] {
  const { orderId, customer } = order;
  const suffix = parts === 1 ? '' : `-${part}`;
  const shipmentId = `DN${orderId.slice(2)}${suffix}`;
  const invoiceId = `IN${orderId.slice(2)}${suffix}`;
  const amount = money(minor, customer.currency);
  const issuedOn = addDays(shippedOn, customer.random.fork(invoiceId).between(0, 1));
  const whole = { invoiceId, minor, issuedOn, order };
  const invoice = { invoiceId, amount, issuedOn, orderId, shipmentId, ...(last && { final: true }) };
  return [
    { on: shippedOn, type: 'order.shipped.v1', data: { shipmentId, orderId, amount, shippedOn } },
    { on: issuedOn, type: 'invoice.issued.v1', data: { ...invoice, ...instalments(whole) } },
    ...settlement(whole),
  ];
}

interface Issued {
  readonly invoiceId: string;
  readonly minor: number;
  readonly issuedOn: LocalDate;
  readonly order: PlannedOrder;
}

/** Public buyers pay some of their larger invoices in three parts. */
function instalments({ invoiceId, minor, issuedOn, order }: Issued): object {
  const { customer } = order;
  if (customer.segment !== 'public' || !customer.random.fork(`${invoiceId} parts`).permille(250)) return {};
  const part = Math.floor(minor / 3);
  return {
    instalments: [part, part, minor - 2 * part].map((one, index) => ({
      number: index + 1,
      dueOn: addDays(dueDate(customer.terms, issuedOn), index * 30),
      amount: money(one, customer.currency),
    })),
  };
}

/** How the invoice is paid, or is not. */
function settlement(issued: Issued): Happening[] {
  const { invoiceId, minor, issuedOn, order } = issued;
  const { customer } = order;
  const random = customer.random.fork(`${invoiceId} settled`);
  const paidOn = addDays(dueDate(customer.terms, issuedOn), daysLate(order, random.between(0, 1000)));
  if (random.permille(35)) return disputed(issued, paidOn);
  if (random.permille(30)) return shortPaid(issued, paidOn);
  if (random.permille(30)) return credited(issued, paidOn);
  if (random.permille(order.decline > 0.5 ? 200 : 6)) return bounced(issued, paidOn);
  return [payment(issued, `PY${invoiceId.slice(2)}`, minor, paidOn)];
}

function daysLate({ customer, decline }: PlannedOrder, chance: number): number {
  switch (customer.habit) {
    case 'early':
      return -Math.floor(chance / 125);
    case 'prompt':
      return Math.floor(chance / 200) - 2;
    case 'late':
      return 3 + Math.floor(chance / 50);
    case 'slow':
      return 15 + Math.floor(chance / 22);
    case 'failing':
      return Math.floor(decline * decline * 160) + Math.floor(chance / 100);
    default:
      return customer.habit satisfies never;
  }
}

function payment({ invoiceId, order }: Issued, paymentId: string, minor: number, receivedOn: LocalDate): Happening {
  const { customer } = order;
  const remittance = customer.namesInvoices ? { remittance: [{ invoiceId }] } : {};
  const amount = money(minor, customer.currency);
  const data = { paymentId, amount, receivedOn, reference: invoiceId, payer: customer.name, ...remittance };
  return { on: receivedOn, type: 'payment.received.v1', data };
}

function disputed(issued: Issued, paidOn: LocalDate): Happening[] {
  const { invoiceId, minor, issuedOn, order } = issued;
  const { currency, random } = order.customer;
  const chance = random.fork(`${invoiceId} dispute`);
  const disputeId = `DS${invoiceId.slice(2)}`;
  const openedOn = addDays(issuedOn, chance.between(4, 12));
  const resolvedOn = addDays(openedOn, chance.between(15, 70));
  const conceded = chance.permille(400) ? Math.max(1, Math.round((minor * chance.between(5, 20)) / 100)) : 0;
  const reason = chance.pick(['short delivery', 'damaged in transit', 'price not as agreed']);
  const opened: Happening = {
    on: openedOn,
    type: 'dispute.opened.v1',
    data: { disputeId, invoiceId, reason, openedOn },
  };
  const outcome = conceded > 0 ? 'valid' : 'invalid';
  const resolved: Happening = { on: resolvedOn, type: 'dispute.resolved.v1', data: { disputeId, outcome, resolvedOn } };
  const paid = payment(
    issued,
    `PY${invoiceId.slice(2)}`,
    minor - conceded,
    paidOn > resolvedOn ? paidOn : addDays(resolvedOn, 5),
  );
  return conceded === 0
    ? [opened, resolved, paid]
    : [opened, resolved, creditNote(issued, conceded, resolvedOn, currency, reason), paid];
}

function shortPaid(issued: Issued, paidOn: LocalDate): Happening[] {
  const { invoiceId, minor } = issued;
  const short = Math.max(1, Math.round(minor / 50));
  const writtenOffOn = addDays(paidOn, 30);
  const data = { writeOffId: `WO${invoiceId.slice(2)}`, invoiceId, reason: 'small difference', writtenOffOn };
  const amount = money(short, issued.order.customer.currency);
  return [
    payment(issued, `PY${invoiceId.slice(2)}`, minor - short, paidOn),
    // Cash that names no invoice may have gone to an older one, so the difference is written off where it is named.
    ...(issued.order.customer.namesInvoices
      ? [{ on: writtenOffOn, type: 'invoice.written-off.v1', data: { ...data, amount } }]
      : []),
  ];
}

function credited(issued: Issued, paidOn: LocalDate): Happening[] {
  const { minor, issuedOn, order, invoiceId } = issued;
  const credit = Math.max(1, Math.round(minor / 12));
  const creditedOn = addDays(issuedOn, 9);
  return [
    creditNote(issued, credit, creditedOn, order.customer.currency, 'goods returned'),
    payment(issued, `PY${invoiceId.slice(2)}`, minor - credit, paidOn > creditedOn ? paidOn : addDays(creditedOn, 1)),
  ];
}

function creditNote(
  { invoiceId }: Issued,
  minor: number,
  issuedOn: LocalDate,
  currency: Customer['currency'],
  reason: string,
): Happening {
  const data = { creditNoteId: `CN${invoiceId.slice(2)}`, invoiceId, amount: money(minor, currency), issuedOn, reason };
  return { on: issuedOn, type: 'credit-note.issued.v1', data };
}

function bounced(issued: Issued, paidOn: LocalDate): Happening[] {
  const { invoiceId, minor } = issued;
  const paymentId = `PY${invoiceId.slice(2)}`;
  const reversedOn = addDays(paidOn, 4);
  const data = { paymentId, reversedOn, reason: 'direct debit returned' };
  return [
    payment(issued, paymentId, minor, paidOn),
    { on: reversedOn, type: 'payment.reversed.v1', data },
    payment(issued, `${paymentId}-2`, minor, addDays(reversedOn, 25)),
  ];
}
