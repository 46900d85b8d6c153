import type { Message } from '../support/ledger';
import type { Random } from '../support/random';
import { AccountModel, type Expected } from './account-model';
import { dayAfter, lastDay, type Cents, type Day } from './book';
import type { ApplicationModel, CashModel, InvoiceModel } from './cash-model';
import type { OrderModel } from './order-model';
import { messageOf, type Sent } from './sent';

export interface Commanded {
  readonly message: Message;
  readonly expected: Expected;
}

type Plain = Exclude<Sent, { kind: 'conflict' }>;

interface Accepted {
  readonly sent: Plain;
  readonly id: string;
  readonly expected: Expected;
}

/** How often each kind is drawn, when nothing has piled up. */
const WEIGHTS = {
  place: 20,
  change: 7,
  cancel: 3,
  close: 3,
  ship: 8,
  unship: 1,
  release: 2,
  reject: 0.5,
  invoice: 16,
  credit: 4,
  pay: 16,
  apply: 5,
  unapply: 3,
  refund: 2,
  reverse: 1.5,
  'write-off': 1,
  dispute: 2,
  resolve: 2,
  limit: 1.5,
  block: 0.15,
  unblock: 1,
  repeat: 2.5,
  conflict: 1,
} as const;
type Drawn = keyof typeof WEIGHTS;

/** So many of a kind stay open at most: then what ends them is drawn more often. */
const CROWDED = 40;
const REMEMBERED = 40;
/** Kinds whose own number, not the message's id, says that they are the same again. */
const NUMBERED = new Set(['place', 'ship', 'invoice', 'credit', 'pay', 'apply', 'refund', 'write-off', 'dispute']);

/**
 * Random messages of one account that follow from what the account is by then, with the answers that must come; among
 * them, where hands are at work, releases and rejections of held orders, which are no messages of the contract.
 */
export class AccountCommands {
  readonly model: AccountModel;
  private sent = 0;
  private readonly orders: OrderModel[] = [];
  private readonly shipped: OrderModel[] = [];
  private readonly invoices: InvoiceModel[] = [];
  private readonly cash: CashModel[] = [];
  private readonly latest: CashModel[] = [];
  private readonly disputes: { readonly number: string; readonly invoice: string }[] = [];
  private readonly accepted: Accepted[] = [];

  constructor(
    accountId: string,
    private readonly random: Random,
    private today: Day,
    private readonly withHands = true,
  ) {
    this.model = new AccountModel(accountId, today);
  }

  next(today: Day): Commanded {
    this.today = today;
    const drawn = this.draw();
    if (drawn === 'repeat') return this.repeat() ?? this.send(this.create('place'));
    if (drawn === 'conflict') return this.send(this.conflict() ?? this.create('place'));
    return this.send(this.create(drawn));
  }

  private send(sent: Sent): Commanded {
    const id = this.name('M');
    const expected = this.model.take(sent, this.today);
    if (expected.status === 'accepted' && sent.kind !== 'conflict') this.remember({ sent, id, expected });
    return { message: messageOf(sent, this.model.accountId, id), expected };
  }

  private draw(): Drawn {
    const crowd = (kind: Drawn): number => {
      if ((kind === 'cancel' || kind === 'close') && this.orders.length > CROWDED) return 5;
      if (kind === 'pay' && this.model.money.openInvoices.size > CROWDED) return 4;
      if (kind === 'refund' && this.cash.length > CROWDED) return 5;
      return 1;
    };
    const all = Object.entries(WEIGHTS) as [Drawn, number][];
    const kinds = this.withHands ? all : all.filter(([kind]) => kind !== 'release' && kind !== 'reject');
    let at = this.random.next() * kinds.reduce((sum, [kind, weight]) => sum + weight * crowd(kind), 0);
    for (const [kind, weight] of kinds) {
      at -= weight * crowd(kind);
      if (at < 0) return kind;
    }
    return 'place';
  }

  /** A message of the kind, or of one that is always possible where there is nothing that it could be about. */
  private create(kind: Exclude<Drawn, 'repeat' | 'conflict'>): Plain {
    switch (kind) {
      case 'place':
        return this.place();
      case 'change':
      case 'cancel':
      case 'close':
      case 'ship':
        return this.aboutOrder(kind) ?? this.place();
      case 'unship':
        return this.unship() ?? this.place();
      case 'release':
      case 'reject':
        return this.byHand(kind) ?? this.place();
      case 'invoice':
        return this.invoice();
      case 'credit':
        return this.credit();
      case 'pay':
        return this.pay();
      case 'apply':
        return this.apply() ?? this.pay();
      case 'unapply':
        return this.unapply() ?? this.pay();
      case 'refund':
      case 'reverse':
        return this.giveBack(kind) ?? this.pay();
      case 'write-off':
      case 'dispute':
        return this.aboutInvoice(kind) ?? this.invoice();
      case 'resolve':
        return this.resolve() ?? this.invoice();
      case 'limit':
        return this.limit();
      case 'block':
      case 'unblock':
        return { kind, ...this.on(-3, 3) };
      default:
        return kind satisfies never;
    }
  }

  private limit(): Plain {
    const cents = this.random.isLucky(0.05) ? null : this.random.between(0, 2_000_000);
    const from = dayAfter(this.today, this.random.between(-20, 5));
    return this.random.isLucky(0.7)
      ? { kind: 'limit', cents, from }
      : { kind: 'limit', cents, from, to: dayAfter(from, this.random.between(0, 60)) };
  }

  /** Now and then exactly what the limit leaves, or a cent more. */
  private place(): Plain {
    const left = this.random.isLucky(0.1) ? this.model.available() : 0;
    const cents = left > 0 ? left + this.random.between(0, 1) : this.amount();
    return { kind: 'place', number: this.name('O'), cents, ...this.orderDay(-20, 6) };
  }

  private aboutOrder(kind: 'change' | 'cancel' | 'close' | 'ship'): Plain | null {
    const order = this.pickAlive(this.orders, (one) => !one.isDone && one.status !== 'invoiced');
    if (order === null) return null;
    const { number, requested } = order;
    if (kind === 'ship') {
      return { kind, number: this.name('S'), order: number, cents: this.part(requested), ...this.orderDay(-6, 4) };
    }
    if (kind === 'change') return { kind, order: number, cents: this.near(requested), ...this.changeDay(order) };
    return { kind, order: number, ...this.orderDay(-4, 4) };
  }

  /** Mostly one that stands; one that was cancelled before is refused. */
  private unship(): Plain | null {
    const order = this.pickAlive(this.shipped, ({ facts }) =>
      facts.shipments.some((one) => one.cancelledOn === undefined),
    );
    if (order === null) return null;
    return { kind: 'unship', shipment: this.random.pick(order.facts.shipments).number, ...this.orderDay(-3, 2) };
  }

  /** Now and then of an order that is not held, and for more than it asks for. */
  private byHand(kind: 'release' | 'reject'): Plain | null {
    const held = this.random.isLucky(0.05) ? this.orders.slice(-5) : this.model.orders.waiting();
    if (held.length === 0) return null;
    const { number, requested } = this.random.pick(held);
    if (kind === 'reject' || this.random.isLucky(0.6)) return { kind, order: number };
    return { kind, order: number, cents: requested + this.random.between(0, requested) };
  }

  /** Orders and what happens to them are of the business date, or not. */
  private orderDay(least: number, most: number): { readonly on?: Day } {
    return this.random.isLucky(0.5) ? {} : this.on(least, most);
  }

  private invoice(): Plain {
    const number = this.name('I');
    const order = this.random.isLucky(0.6) ? this.pickAlive(this.orders, (one) => !one.isOver) : null;
    const due = this.random.next();
    const terms = due < 0.2 ? {} : due < 0.4 ? { net: this.random.pick([10, 30, 60]) } : null;
    const issued = this.random.isLucky(0.3) ? this.today : dayAfter(this.today, this.random.between(-45, 10));
    const on = issued === this.today ? {} : { on: issued };
    if (order !== null) {
      const cents = this.part(order.requested);
      const { shipments } = order.facts;
      const named = shipments.length > 0 && this.random.isLucky(0.5);
      const shipment = named ? { shipment: this.random.pick(shipments).number } : {};
      const isFinal = this.random.isLucky(0.3) ? { isFinal: true } : {};
      return {
        kind: 'invoice',
        number,
        cents,
        order: order.number,
        ...shipment,
        ...isFinal,
        ...(terms ?? this.due(this.today)),
      };
    }
    return { kind: 'invoice', number, cents: this.amount(), ...on, ...(terms ?? this.due(issued)) };
  }

  private due(from: Day): { readonly dueOn: Day } {
    return { dueOn: dayAfter(from, this.random.between(0, 70)) };
  }

  private credit(): Plain {
    const invoice = this.random.isLucky(0.7) ? this.anInvoice() : null;
    const cents = invoice === null ? this.amount() : this.near(invoice.cents);
    const named = invoice === null ? {} : { invoice: invoice.number };
    return { kind: 'credit', number: this.name('N'), cents, ...named, ...this.on(-20, 4) };
  }

  private pay(): Plain {
    const number = this.name('P');
    const first = this.anInvoice();
    if (first === null || this.random.isLucky(0.4)) {
      const cents = first === null ? this.amount() : this.near(Math.max(100, first.open * this.random.between(1, 3)));
      return { kind: 'pay', number, cents, ...this.on(-15, 6) };
    }
    const named = [first];
    if (this.random.isLucky(0.4)) named.push(this.anInvoice() ?? first);
    const remittance = named.map(({ number: invoice, open, cents }) => {
      return this.random.isLucky(0.5) ? { invoice } : { invoice, cents: this.part(open === 0 ? cents : open) };
    });
    const cents = this.near(
      Math.max(
        1,
        named.reduce((sum, { open }) => sum + open, 0),
      ),
    );
    return { kind: 'pay', number, cents, remittance, ...this.on(-15, 6) };
  }

  private apply(): Plain | null {
    const cash = this.pickAlive(this.cash, ({ rest }) => rest > 0);
    const invoice = this.anInvoice();
    if (cash === null || invoice === null) return null;
    const fitting = Math.min(cash.rest, Math.max(1, invoice.open));
    const cents = this.random.isLucky(0.1) ? fitting + 1 : this.part(fitting);
    const isCredit = cash.kind === 'credit-note';
    const number = this.name('A');
    return { kind: 'apply', number, cash: cash.number, isCredit, invoice: invoice.number, cents, ...this.on(-10, 3) };
  }

  private unapply(): Plain | null {
    const standing = this.latest.flatMap(({ applications }) => applications);
    const application: ApplicationModel | null = standing.length === 0 ? null : this.random.pick(standing);
    return application === null ? null : { kind: 'unapply', application: application.number, ...this.on(-5, 3) };
  }

  private giveBack(kind: 'refund' | 'reverse'): Plain | null {
    const crowded = this.cash.length > CROWDED ? this.pickAlive(this.cash, ({ rest }) => rest > 0) : null;
    const candidates = crowded === null ? this.latest : [crowded];
    const payments = candidates.filter((one) => one.kind === 'payment' && !one.isReversed);
    if (payments.length === 0) return null;
    const payment = this.random.pick(payments);
    if (kind === 'reverse') return { kind, payment: payment.number, ...this.on(-5, 4) };
    const left = Math.max(1, payment.cents - payment.refunded);
    const cents = crowded !== null ? payment.rest : this.random.isLucky(0.1) ? left + 1 : this.part(left);
    return { kind, number: this.name('R'), payment: payment.number, cents, ...this.on(-5, 4) };
  }

  private aboutInvoice(kind: 'write-off' | 'dispute'): Plain | null {
    const invoice = this.anInvoice();
    if (invoice === null) return null;
    const number = this.name(kind === 'dispute' ? 'D' : 'W');
    const whole = kind === 'dispute' ? invoice.cents : Math.max(1, invoice.open);
    const cents = this.random.isLucky(0.4) ? {} : { cents: this.random.isLucky(0.1) ? whole + 1 : this.part(whole) };
    return { kind, number, invoice: invoice.number, ...cents, ...this.on(-8, 3) };
  }

  private resolve(): Plain | null {
    const dispute = this.disputes.splice(this.random.between(0, Math.max(0, this.disputes.length - 1)), 1)[0];
    return dispute === undefined ? null : { kind: 'resolve', ...dispute, ...this.on(-5, 5) };
  }

  private repeat(): Commanded | null {
    if (this.accepted.length === 0) return null;
    const { sent, id, expected } = this.random.pick(this.accepted);
    const again = NUMBERED.has(sent.kind) && this.random.isLucky(0.5) ? this.name('M') : id;
    return {
      message: messageOf(sent, this.model.accountId, again),
      expected: this.model.take(sent, this.today, expected),
    };
  }

  private conflict(): Sent | null {
    const numbered = this.accepted.filter(({ sent }) => NUMBERED.has(sent.kind) && 'cents' in sent);
    if (numbered.length === 0) return null;
    const { sent } = this.random.pick(numbered);
    const cents = 'cents' in sent && typeof sent.cents === 'number' ? sent.cents + 1 : 1;
    return { kind: 'conflict', of: { ...sent, cents } as Plain };
  }

  private remember(accepted: Accepted): void {
    this.accepted.push(accepted);
    if (this.accepted.length > REMEMBERED) this.accepted.shift();
    const { sent } = accepted;
    const { model } = this;
    if (sent.kind === 'place') pushKnown(this.orders, model.orders.all.get(sent.number));
    if (sent.kind === 'ship') pushKnown(this.shipped, model.orders.shipments.get(sent.number));
    if (sent.kind === 'invoice') pushKnown(this.invoices, model.money.invoices.get(sent.number));
    if (sent.kind === 'pay' || sent.kind === 'credit') {
      for (const list of [this.cash, this.latest]) pushKnown(list, model.money.cash.get(sent.number));
      if (this.latest.length > REMEMBERED) this.latest.shift();
    }
    if (sent.kind === 'dispute') this.disputes.push({ number: sent.number, invoice: sent.invoice });
  }

  /** One with something open, and now and then any of the latest. */
  private anInvoice(): InvoiceModel | null {
    if (this.random.isLucky(0.1) && this.invoices.length > 0) return this.random.pick(this.invoices.slice(-20));
    return this.pickAlive(this.invoices, ({ open }) => open > 0);
  }

  /** Forgets what it meets that is not worth picking any more. */
  private pickAlive<T>(candidates: T[], isAlive: (one: T) => boolean): T | null {
    while (candidates.length > 0) {
      const index = this.random.between(0, candidates.length - 1);
      const picked = candidates[index];
      if (picked !== undefined && isAlive(picked)) return picked;
      candidates.splice(index, 1);
    }
    return null;
  }

  /** Three times in ten no date: it is of the business date then. */
  private on(least: number, most: number): { readonly on?: Day } {
    return this.random.isLucky(0.3) ? {} : { on: dayAfter(this.today, this.random.between(least, most)) };
  }

  /** Never before an earlier change of the same order. */
  private changeDay({ requestedOn }: OrderModel): { readonly on?: Day } {
    const day = this.orderDay(-4, 4).on ?? this.today;
    const on = lastDay(day, requestedOn);
    return on === this.today ? {} : { on };
  }

  private amount(): Cents {
    return this.random.isLucky(0.1) ? this.random.between(1, 99) : this.random.between(100, 40_000);
  }

  private part(of: Cents): Cents {
    return this.random.isLucky(0.4) ? of : this.random.between(1, Math.max(1, of));
  }

  private near(of: Cents): Cents {
    return this.random.isLucky(0.3) ? of : Math.max(1, Math.floor(of * (0.3 + 1.2 * this.random.next())));
  }

  private name(prefix: string): string {
    this.sent += 1;
    return `${prefix}${String(this.sent).padStart(6, '0')}`;
  }
}

function pushKnown<T>(into: T[], one: T | undefined): void {
  if (one !== undefined) into.push(one);
}
