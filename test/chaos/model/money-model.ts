import { dayAfter, lastDay, type Book, type Cents, type Day } from './book';
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
import type { Done, Handled, OrdersModel } from './orders-model';
import type { Of } from './sent';

/** Invoices, payments and credit notes of an account, and what was applied to what. */
export class MoneyModel {
  readonly invoices = new Map<string, InvoiceModel>();
  readonly cash = new Map<string, CashModel>();
  readonly openInvoices = new Set<InvoiceModel>();
  /** Everything that came in and went out, for the conservation of value. */
  balance: Cents = 0;
  /** By application number. */
  private readonly applications = new Map<
    string,
    { readonly cash: CashModel; readonly application: ApplicationModel }
  >();

  constructor(
    private readonly book: Book,
    private readonly orders: OrdersModel,
  ) {}

  invoice({ number, cents, on, dueOn, net, order, shipment, isFinal }: Of<'invoice'>): Done {
    const issuedOn = on ?? this.book.today;
    const due = dueOn ?? (net === undefined ? issuedOn : dayAfter(issuedOn, net));
    const invoice = newInvoice(number, cents, issuedOn, due);
    this.invoices.set(number, invoice);
    this.openInvoices.add(invoice);
    this.book.post('receivables', cents, issuedOn, true);
    this.balance += cents;
    if (order !== undefined) this.orders.invoiced(order, cents, issuedOn, shipment, isFinal === true);
    return {};
  }

  credit({ number, cents, on, invoice }: Of<'credit'>): Done {
    const note = this.takeIn(newCash('credit-note', number, cents, on ?? this.book.today));
    const named = invoice === undefined ? undefined : this.invoices.get(invoice);
    if (named !== undefined) this.apply(note, named, note.rest);
    return {};
  }

  pay({ number, cents, on, remittance }: Of<'pay'>): Done {
    const payment = this.takeIn(newCash('payment', number, cents, on ?? this.book.today));
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
    this.book.post(categoryOf(cash), cash.cents, cash.on);
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

  applyByHand(sent: Of<'apply'>): Handled {
    const [cash, invoice] = [this.cash.get(sent.cash), this.invoices.get(sent.invoice)];
    if (cash === undefined || invoice === undefined) throw new Error('the model applies what it knows');
    const available = Math.min(cash.rest, invoice.open);
    if (available === 0 || sent.cents > available) return 'refused';
    this.apply(cash, invoice, sent.cents, sent.on ?? this.book.today, sent.number);
    return {};
  }

  unapply({ application: number, on }: Of<'unapply'>): Handled {
    const found = this.applications.get(number);
    if (found === undefined || found.application.cents === 0) return 'refused';
    const { cash, application } = found;
    this.end(cash, application, application.cents, lastDay(on ?? this.book.today, application.on));
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

  refund({ payment: number, cents, on }: Of<'refund'>): Handled {
    const payment = this.payment(number);
    if (payment.isReversed || cents > payment.cents - payment.refunded) return 'refused';
    this.giveBack(payment, cents, latestFirst(payment, cents - payment.rest), on);
    payment.refunded += cents;
    return {};
  }

  reverse({ payment: number, on }: Of<'reverse'>): Handled {
    const payment = this.payment(number);
    const cents = payment.cents - payment.refunded;
    if (cents === 0) return 'refused';
    const all = payment.applications.map((one) => [one, one.cents] as const);
    this.giveBack(payment, cents, all, on);
    payment.isReversed = true;
    return {};
  }

  private giveBack(
    payment: CashModel,
    cents: Cents,
    parts: readonly (readonly [ApplicationModel, Cents])[],
    given: Day | undefined,
  ): void {
    const on = lastDay(given ?? this.book.today, payment.on);
    for (const [application, part] of parts) this.end(payment, application, part, on);
    for (const move of withdrawal(payment.moves, cents, on)) this.moveCash(payment, move.cents, move.on);
    this.balance += cents;
  }

  writeOff({ invoice: number, cents, on }: Of<'write-off'>): Handled {
    const invoice = this.known(number);
    const wanted = cents ?? invoice.open;
    if (invoice.open === 0 || wanted > invoice.open) return 'refused';
    this.moveInvoice(invoice, -wanted, lastDay(on ?? this.book.today, invoice.issuedOn, invoice.freedOn));
    this.balance -= wanted;
    return {};
  }

  dispute({ number, invoice, cents, on }: Of<'dispute'>): Handled {
    const disputed = this.known(invoice);
    if ((cents ?? 0) > disputed.cents) return 'refused';
    const openedOn = lastDay(on ?? this.book.today, disputed.issuedOn);
    disputed.disputes.push({ number, cents: cents ?? disputed.cents, openedOn });
    return {};
  }

  resolve({ number, invoice, on }: Of<'resolve'>): Done {
    const dispute = this.known(invoice).disputes.find((one) => one.number === number);
    if (dispute !== undefined) dispute.resolvedOn = lastDay(on ?? this.book.today, dispute.openedOn);
    return {};
  }

  private moveCash(cash: CashModel, cents: Cents, on: Day): void {
    cash.moves.push({ cents, on });
    cash.rest += cents;
    this.book.post(categoryOf(cash), cents, on);
  }

  private moveInvoice(invoice: InvoiceModel, cents: Cents, on: Day): void {
    invoice.moves.push({ cents, on });
    invoice.open += cents;
    this.book.post('receivables', cents, on);
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
