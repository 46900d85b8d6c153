import { Book, dayAfter, lastDay, type Cents, type Day } from './book';
import {
  latestFirst,
  newCash,
  newInvoice,
  oldestFirst,
  withdrawal,
  type ApplicationModel,
  type CashModel,
  type InvoiceModel,
} from './cash-model';
import type { Sent } from './sent';
import { OrderModel, type Outcome } from './order-model';

export interface Decided {
  readonly outcome: Outcome;
  readonly exposureBefore: Cents;
}

/** What the answer to a message must say. */
export interface Expected {
  readonly status: 'accepted' | 'duplicate' | 'refused';
  readonly decision?: Decided;
  readonly orderStatus?: string;
  /** Held orders that it let through. */
  readonly released: number;
}

interface Done {
  readonly decision?: Decided;
  readonly order?: OrderModel;
}

type Handled = Done | 'refused';

/**
 * What DOMAIN.md says of one account, the simple way: whole cents, lists, no events, and nothing of the code that it is
 * held against. Every document is of one company and currency; orders and what happens to them are of the day on which
 * they become known, money may be back-dated and post-dated.
 */
export class AccountModel {
  readonly book = new Book();
  readonly orders = new Map<string, OrderModel>();
  readonly invoices = new Map<string, InvoiceModel>();
  readonly cash = new Map<string, CashModel>();
  readonly openInvoices = new Set<InvoiceModel>();
  /** By application number. */
  readonly applications = new Map<string, { readonly cash: CashModel; readonly application: ApplicationModel }>();
  /** Everything that came in and went out, for the conservation of value. */
  balance: Cents = 0;
  private readonly limits: { readonly cents: Cents | null; readonly from: Day; readonly to: Day | null }[] = [];
  private readonly blocks: { readonly isBlocked: boolean; readonly on: Day }[] = [];
  private readonly held = new Set<OrderModel>();
  private turn = 0;
  private lastChange: Day;

  constructor(
    readonly accountId: string,
    private today: Day,
  ) {
    this.lastChange = today;
  }

  /** The same content is in `first` when the message repeats one that was accepted. */
  take(sent: Sent, today: Day, first?: Expected): Expected {
    this.today = today;
    if (first !== undefined) return this.repeated(sent, first);
    const handled = this.handle(sent);
    if (handled === 'refused') return { status: 'refused', released: 0 };
    const { decision, order } = handled;
    const isNewDay = today > this.lastChange;
    this.lastChange = today;
    const released = sent.kind !== 'place' || isNewDay ? this.releaseWhatFits() : 0;
    return {
      status: 'accepted',
      released,
      ...(decision !== undefined && { decision }),
      ...(order !== undefined && { orderStatus: order.status }),
    };
  }

  limitOn(day: Day): Cents | null {
    return this.limits.findLast(({ from, to }) => from <= day && (to === null || day <= to))?.cents ?? null;
  }

  /** What a decision of today leaves of the limit. */
  available(): Cents {
    return (this.limitOn(this.today) ?? 0) - this.book.exposureFor(this.today);
  }

  /** Those that staff see as held: one that has left in full meanwhile is shipped or invoiced. */
  heldOrders(): readonly string[] {
    return [...this.held].filter((order) => order.status === 'held').map(({ number }) => number);
  }

  private handle(sent: Sent): Handled {
    switch (sent.kind) {
      case 'limit':
        this.limits.push({ cents: sent.cents, from: sent.from ?? this.today, to: sent.to ?? null });
        return {};
      case 'block':
      case 'unblock':
        this.blocks.push({ isBlocked: sent.kind === 'block', on: sent.on ?? this.today });
        return {};
      case 'place':
        return this.place(sent.number, sent.cents);
      case 'change':
        return this.change(this.order(sent.order), sent.cents);
      case 'cancel':
        return this.alter(this.order(sent.order), (order) => (order.isCancelled = true));
      case 'close':
        return this.alter(this.order(sent.order), (order) => (order.isClosed = true));
      case 'ship':
        return this.alter(this.order(sent.order), (order) => (order.shipped += sent.cents));
      case 'invoice':
        return this.invoice(sent);
      case 'credit':
        return this.credit(sent);
      case 'pay':
        return this.pay(sent);
      case 'apply':
        return this.applyByHand(sent);
      case 'unapply':
        return this.unapply(sent.application, sent.on);
      case 'refund':
        return this.refund(sent.payment, sent.cents, sent.on);
      case 'reverse':
        return this.reverse(sent.payment, sent.on);
      case 'write-off':
        return this.writeOff(sent.invoice, sent.cents, sent.on);
      case 'dispute':
        return this.dispute(sent);
      case 'resolve':
        return this.resolve(sent);
      case 'conflict':
        return 'refused';
      default:
        return sent satisfies never;
    }
  }

  private repeated(sent: Sent, { decision }: Expected): Expected {
    const number = sent.kind === 'place' ? sent.number : 'order' in sent && sent.kind !== 'invoice' ? sent.order : null;
    return {
      status: 'duplicate',
      released: 0,
      ...(decision !== undefined && { decision }),
      ...(number !== null && number !== undefined && { orderStatus: this.order(number).status }),
    };
  }

  // Orders

  private place(number: string, cents: Cents): Done {
    const order = new OrderModel(number, this.today, cents);
    this.orders.set(number, order);
    return { order, decision: this.decide(order, cents, 'whole') };
  }

  private change(order: OrderModel, cents: Cents): Done {
    const question = order.approval === 'rejected' || this.isHeldWhole(order) ? 'whole' : 'increase';
    order.requested = cents;
    if (order.isCancelled || order.isClosed) return { order };
    if (question === 'whole' || order.increaseTo(cents) > 0) {
      return { order, decision: this.decide(order, cents, question) };
    }
    this.alter(order, () => order.letThrough(cents));
    return { order };
  }

  private isHeldWhole({ heldAs, heldFor }: OrderModel): boolean {
    return heldAs !== null && heldFor === 'whole';
  }

  private decide(order: OrderModel, cents: Cents, question: 'whole' | 'increase'): Decided {
    const exposureBefore = this.book.exposureFor(this.today);
    const outcome = this.isBlocked() ? 'rejected' : this.fits(exposureBefore, order, cents) ? 'approved' : 'held';
    if (outcome === 'approved') this.alter(order, () => order.letThrough(cents));
    else if (outcome === 'held') order.hold(++this.turn, question);
    else order.reject(question);
    if (outcome === 'held') this.held.add(order);
    return { outcome, exposureBefore };
  }

  private fits(exposure: Cents, order: OrderModel, cents: Cents): boolean {
    const limit = this.limitOn(this.today);
    return limit !== null && exposure + order.increaseTo(cents) <= limit;
  }

  private isBlocked(): boolean {
    const begun = this.blocks.filter(({ on }) => on <= this.today);
    const day = lastDay(...begun.map(({ on }) => on));
    return begun.findLast(({ on }) => on === day)?.isBlocked ?? false;
  }

  /** By order date and then by when they were held; one that does not fit is skipped. */
  private releaseWhatFits(): number {
    for (const order of this.held) if (!order.isWaitingForDecision) this.held.delete(order);
    const inTurn = [...this.held].sort((a, b) =>
      a.orderDate === b.orderDate ? (a.heldAs ?? 0) - (b.heldAs ?? 0) : a.orderDate < b.orderDate ? -1 : 1,
    );
    let released = 0;
    for (const order of inTurn) {
      if (this.isBlocked() || !this.fits(this.book.exposureFor(this.today), order, order.requested)) continue;
      this.alter(order, () => order.letThrough(order.requested));
      released += 1;
    }
    return released;
  }

  /** Whatever happens to an order, its stages move by the difference. */
  private alter(order: OrderModel, happens: (order: OrderModel) => void): Done {
    const [open, delivered] = [order.open(), order.delivered()];
    happens(order);
    this.book.post('orders', order.open() - open, this.today, this.today);
    this.book.post('deliveries', order.delivered() - delivered, this.today, this.today);
    return { order };
  }

  private order(number: string): OrderModel {
    const order = this.orders.get(number);
    if (order === undefined) throw new Error(`the model has no order ${number}`);
    return order;
  }

  // Invoices and cash

  private invoice({ number, cents, on, dueOn, net, order, isFinal }: Extract<Sent, { kind: 'invoice' }>): Done {
    const issuedOn = on ?? this.today;
    const due = dueOn ?? (net === undefined ? issuedOn : dayAfter(issuedOn, net));
    const invoice = newInvoice(number, cents, issuedOn, due);
    this.invoices.set(number, invoice);
    this.openInvoices.add(invoice);
    this.book.post('receivables', cents, issuedOn, this.today, true);
    this.balance += cents;
    if (order !== undefined) {
      this.alter(this.order(order), (its) => {
        its.invoiced += cents;
        its.hasFinalInvoice ||= isFinal === true;
      });
    }
    return {};
  }

  private credit({ number, cents, on, invoice }: Extract<Sent, { kind: 'credit' }>): Done {
    const note = this.takeIn(newCash('credit-note', number, cents, on ?? this.today));
    const named = invoice === undefined ? undefined : this.invoices.get(invoice);
    if (named !== undefined) this.apply(note, named, note.rest);
    return {};
  }

  private pay({ number, cents, on, remittance }: Extract<Sent, { kind: 'pay' }>): Done {
    const payment = this.takeIn(newCash('payment', number, cents, on ?? this.today));
    if (remittance === undefined) {
      for (const invoice of oldestFirst(this.openInvoices)) this.apply(payment, invoice, payment.rest);
    } else {
      for (const line of remittance) {
        const invoice = this.invoices.get(line.invoice);
        if (invoice !== undefined) this.apply(payment, invoice, line.cents ?? payment.rest);
      }
    }
    return {};
  }

  private takeIn(cash: CashModel): CashModel {
    this.cash.set(cash.number, cash);
    this.book.post(categoryOf(cash), cash.cents, cash.on, this.today);
    this.balance -= cash.cents;
    return cash;
  }

  private apply(cash: CashModel, invoice: InvoiceModel, wanted: Cents, given?: Day, named?: string): void {
    const cents = Math.min(wanted, cash.rest, invoice.open);
    if (cents <= 0) return;
    const on = lastDay(cash.on, invoice.issuedOn, given, invoice.freedOn, cash.freedOn);
    cash.everApplied += 1;
    const application = { number: named ?? `${cash.number}~${cash.everApplied}`, invoice, on, cents };
    cash.applications.push(application);
    this.applications.set(application.number, { cash, application });
    this.moveCash(cash, -cents, on);
    this.moveInvoice(invoice, -cents, on);
  }

  private applyByHand(sent: Extract<Sent, { kind: 'apply' }>): Handled {
    const [cash, invoice] = [this.cash.get(sent.cash), this.invoices.get(sent.invoice)];
    if (cash === undefined || invoice === undefined) throw new Error('the model applies what it knows');
    const available = Math.min(cash.rest, invoice.open);
    if (available === 0 || sent.cents > available) return 'refused';
    this.apply(cash, invoice, sent.cents, sent.on ?? this.today, sent.number);
    return {};
  }

  private unapply(number: string, on: Day | undefined): Handled {
    const found = this.applications.get(number);
    if (found === undefined || found.application.cents === 0) return 'refused';
    const { cash, application } = found;
    this.end(cash, application, application.cents, lastDay(on ?? this.today, application.on));
    return {};
  }

  private end(cash: CashModel, application: ApplicationModel, cents: Cents, on: Day): void {
    const endedOn = lastDay(on, application.on);
    application.cents -= cents;
    if (application.cents === 0) cash.applications = cash.applications.filter((one) => one !== application);
    this.moveCash(cash, cents, endedOn);
    this.moveInvoice(application.invoice, cents, endedOn);
    if (application.on >= endedOn) return;
    cash.freedOn = lastDay(cash.freedOn, endedOn);
    application.invoice.freedOn = lastDay(application.invoice.freedOn, endedOn);
  }

  private refund(number: string, cents: Cents, given: Day | undefined): Handled {
    const payment = this.payment(number);
    if (payment.isReversed || cents > payment.cents - payment.refunded) return 'refused';
    this.giveBack(payment, cents, latestFirst(payment, cents - payment.rest), given);
    payment.refunded += cents;
    return {};
  }

  private reverse(number: string, given: Day | undefined): Handled {
    const payment = this.payment(number);
    const cents = payment.cents - payment.refunded;
    if (cents === 0) return 'refused';
    const all = payment.applications.map((one) => [one, one.cents] as const);
    this.giveBack(payment, cents, all, given);
    payment.isReversed = true;
    return {};
  }

  private giveBack(
    payment: CashModel,
    cents: Cents,
    parts: readonly (readonly [ApplicationModel, Cents])[],
    given: Day | undefined,
  ): void {
    const on = lastDay(given ?? this.today, payment.on);
    for (const [application, part] of parts) this.end(payment, application, part, on);
    for (const move of withdrawal(payment.moves, cents, on)) this.moveCash(payment, move.cents, move.on);
    this.balance += cents;
  }

  private writeOff(number: string, cents: Cents | undefined, given: Day | undefined): Handled {
    const invoice = this.known(number);
    const wanted = cents ?? invoice.open;
    if (invoice.open === 0 || wanted > invoice.open) return 'refused';
    this.moveInvoice(invoice, -wanted, lastDay(given ?? this.today, invoice.issuedOn, invoice.freedOn));
    this.balance -= wanted;
    return {};
  }

  private dispute({ number, invoice, cents, on }: Extract<Sent, { kind: 'dispute' }>): Handled {
    const disputed = this.known(invoice);
    if ((cents ?? 0) > disputed.cents) return 'refused';
    const openedOn = lastDay(on ?? this.today, disputed.issuedOn);
    disputed.disputes.push({ number, cents: cents ?? disputed.cents, openedOn });
    return {};
  }

  private resolve({ number, invoice, on }: Extract<Sent, { kind: 'resolve' }>): Done {
    const dispute = this.known(invoice).disputes.find((one) => one.number === number);
    if (dispute !== undefined) dispute.resolvedOn = lastDay(on ?? this.today, dispute.openedOn);
    return {};
  }

  private moveCash(cash: CashModel, cents: Cents, on: Day): void {
    cash.moves.push({ cents, on });
    cash.rest += cents;
    this.book.post(categoryOf(cash), cents, on, this.today);
  }

  private moveInvoice(invoice: InvoiceModel, cents: Cents, on: Day): void {
    invoice.moves.push({ cents, on });
    invoice.open += cents;
    this.book.post('receivables', cents, on, this.today);
    if (invoice.open > 0) this.openInvoices.add(invoice);
    else this.openInvoices.delete(invoice);
  }

  private payment(number: string): CashModel {
    const payment = this.cash.get(number);
    if (payment === undefined) throw new Error(`the model has no payment ${number}`);
    return payment;
  }

  private known(number: string): InvoiceModel {
    const invoice = this.invoices.get(number);
    if (invoice === undefined) throw new Error(`the model has no invoice ${number}`);
    return invoice;
  }
}

function categoryOf({ kind }: CashModel): 'unappliedCash' | 'creditNotes' {
  return kind === 'payment' ? 'unappliedCash' : 'creditNotes';
}
