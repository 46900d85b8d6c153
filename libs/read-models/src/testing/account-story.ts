import type { OrderStanding } from '@duestream/domain';
import type { PublicEvent } from '@duestream/contracts';
import type { Category, CreditDecision, DocumentKind, EventDataByType, EventType, Move } from '@duestream/domain';

interface When {
  /** When it counts, and when we learnt it: by default noon of the same day. */
  readonly on: string;
  readonly recordedAt?: string;
}

let nextId = 0;

/** An account's events as the domain would write them, with their moves, for tests of what is made of them. */
export class AccountStory {
  readonly events: PublicEvent[] = [];
  private recordedAt = '';
  private readonly orders = new Map<string, StoryOrder>();

  constructor(
    readonly accountId: string,
    private readonly currency = 'EUR',
  ) {}

  opened(on: string, profile: Partial<EventDataByType['account.opened.v1']> = {}): this {
    return this.add('account.opened.v1', { name: this.accountId, currency: this.currency, ...profile }, { on });
  }

  changed(on: string, fields: Partial<EventDataByType['account.changed.v1']>): this {
    return this.add('account.changed.v1', fields, { on });
  }

  blocked(recordedOn: string, blockedOn = recordedOn): this {
    return this.add('account.blocked.v1', { blockedOn }, { on: blockedOn, recordedAt: `${recordedOn}T12:00:00.000Z` });
  }

  unblocked(recordedOn: string, unblockedOn = recordedOn): this {
    return this.add(
      'account.unblocked.v1',
      { unblockedOn },
      { on: unblockedOn, recordedAt: `${recordedOn}T12:00:00.000Z` },
    );
  }

  limit(on: string, amount: string | null, validFrom = on, validTo?: string): this {
    const money = amount === null ? null : this.money(amount);
    return this.add(
      'limit.set.v1',
      { amount: money, validFrom, ...(validTo === undefined ? {} : { validTo }) },
      { on },
    );
  }

  order(on: string, orderId: string, amount: string, outcome: 'approved' | 'held' | 'rejected' = 'approved'): this {
    const data = { orderId, company: '', amount: this.money(amount), orderDate: on };
    const at = { placedAt: this.events.length, amount: Number(amount), shipped: 0, invoiced: 0 };
    this.orders.set(orderId, { ...at, status: 'held' });
    this.add('order.placed.v1', data, { on });
    return this.decide(on, orderId, amount, outcome, 'placed');
  }

  decide(
    on: string,
    orderId: string,
    amount: string,
    outcome: 'approved' | 'held' | 'rejected' | 'released',
    trigger: string,
    expiresOn?: string,
  ): this {
    const takes = outcome === 'approved' || outcome === 'released';
    const moves = takes ? [this.move('orders', amount, on, 'order', orderId)] : [];
    const decision = { outcome, reasons: [], rules: [], amount: this.money(amount) } as unknown as CreditDecision;
    const order = this.standing(orderId, { status: outcome === 'released' ? 'approved' : outcome });
    const of = this.orders.get(orderId)?.placedAt;
    const about = { orderId, company: '', trigger, total: this.money(amount), of, question: 'whole' };
    const release = { amount: this.money(amount), expiresOn, onRevision: this.events.length - 1 };
    const authorisation = expiresOn === undefined ? {} : { authorisation: release };
    const data = { ...about, decision, moves, order, ...authorisation, ...(takes ? { authorisedFrom: on } : {}) };
    return this.add(`credit.${outcome}.v1`, data, { on });
  }

  shipped(on: string, shipmentId: string, orderId: string, amount: string): this {
    const moves = [
      this.move('orders', `-${amount}`, on, 'order', orderId),
      this.move('deliveries', amount, on, 'shipment', shipmentId),
    ];
    const order = this.standing(orderId, { shipped: Number(amount) });
    return this.add(
      'order.shipped.v1',
      { shipmentId, orderId, company: '', amount: this.money(amount), shippedOn: on, moves, order },
      { on },
    );
  }

  invoice(on: string, invoiceId: string, amount: string, dueOn: string, more: InvoiceMore = {}): this {
    const items = more.items ?? [{ number: 0, dueOn, amount }];
    const moves = items.map((item) => this.move('receivables', item.amount, on, 'invoice', invoiceId, item.number));
    return this.add(
      'invoice.issued.v1',
      {
        invoiceId,
        company: '',
        amount: this.money(amount),
        issuedOn: on,
        items: items.map((item) => ({ ...item, amount: this.money(item.amount) })),
        moves,
        ...(more.waitingFor === undefined ? {} : { waitingFor: more.waitingFor }),
      },
      { on, ...(more.recordedAt === undefined ? {} : { recordedAt: more.recordedAt }) },
    );
  }

  invoiced(on: string, invoiceId: string, orderId: string, amount: string): this {
    const moves = [this.move('orders', `-${amount}`, on, 'order', orderId)];
    const order = this.standing(orderId, { invoiced: Number(amount) });
    const about = { orderId, invoiceId, company: '', amount: this.money(amount), issuedOn: on };
    const data = { ...about, final: false, moves, order };
    return this.add('order.invoiced.v1', data, { on });
  }

  creditNote(on: string, creditNoteId: string, amount: string): this {
    const moves = [this.move('creditNotes', amount, on, 'credit-note', creditNoteId)];
    return this.add(
      'credit-note.issued.v1',
      { creditNoteId, company: '', amount: this.money(amount), issuedOn: on, moves },
      { on },
    );
  }

  payment(on: string, paymentId: string, amount: string, recordedAt?: string): this {
    const moves = [this.move('unappliedCash', amount, on, 'payment', paymentId)];
    return this.add(
      'payment.received.v1',
      { paymentId, company: '', amount: this.money(amount), receivedOn: on, moves },
      { on, ...(recordedAt === undefined ? {} : { recordedAt }) },
    );
  }

  applied(on: string, applicationId: string, paymentId: string, invoiceId: string, amount: string, item = 0): this {
    const moves = [
      this.move('unappliedCash', `-${amount}`, on, 'payment', paymentId),
      this.move('receivables', `-${amount}`, on, 'invoice', invoiceId, item),
    ];
    return this.add(
      'cash.applied.v1',
      {
        applicationId,
        company: '',
        paymentId,
        invoiceId,
        invoiceCompany: '',
        item,
        amount: this.money(amount),
        appliedOn: on,
        rule: 'manual',
        moves,
      },
      { on },
    );
  }

  credited(on: string, applicationId: string, creditNoteId: string, invoiceId: string, amount: string): this {
    const moves = [
      this.move('creditNotes', `-${amount}`, on, 'credit-note', creditNoteId),
      this.move('receivables', `-${amount}`, on, 'invoice', invoiceId),
    ];
    const about = { applicationId, company: '', creditNoteId, invoiceId, invoiceCompany: '', item: 0 };
    return this.add(
      'cash.applied.v1',
      { ...about, amount: this.money(amount), appliedOn: on, rule: 'manual', moves },
      { on },
    );
  }

  writtenOff(on: string, writeOffId: string, invoiceId: string, amount: string): this {
    const moves = [this.move('receivables', `-${amount}`, on, 'invoice', invoiceId)];
    const about = { writeOffId, invoiceId, company: '', amount: this.money(amount), writtenOffOn: on };
    return this.add('invoice.written-off.v1', { ...about, parts: [], moves }, { on });
  }

  /** The payment bounces: one application of it ends, and the whole amount is gone. */
  reversed(on: string, paymentId: string, applicationId: string, invoiceId: string, amount: string): this {
    const moves = [
      this.move('unappliedCash', amount, on, 'payment', paymentId),
      this.move('receivables', amount, on, 'invoice', invoiceId),
      this.move('unappliedCash', `-${amount}`, on, 'payment', paymentId),
    ];
    const application = { applicationId, company: '', invoiceId, invoiceCompany: '', item: 0, appliedOn: on };
    const ended = [{ ...application, amount: this.money(amount), endedOn: on }];
    return this.add(
      'payment.reversed.v1',
      { paymentId, company: '', reversedOn: on, amount: this.money(amount), ended, moves },
      { on },
    );
  }

  disputed(on: string, disputeId: string, invoiceId: string, amount: string): this {
    return this.add(
      'dispute.opened.v1',
      { disputeId, invoiceId, company: '', amount: this.money(amount), openedOn: on },
      { on },
    );
  }

  resolved(on: string, disputeId: string, invoiceId: string): this {
    const data = { disputeId, invoiceId, company: '', outcome: 'invalid', resolvedOn: on };
    return this.add('dispute.resolved.v1', data, { on });
  }

  waits(on: string, messageId: string, kind: DocumentKind, number: string): this {
    const message = { type: 'dispute.opened.v1', source: '/test', id: messageId, enforcement: 'enforce', data: {} };
    return this.add('message.waiting.v1', { message, waitingFor: { kind, company: '', number } }, { on });
  }

  move(
    category: Category,
    amount: string,
    on: string,
    kind: DocumentKind,
    number: string,
    item?: number,
    currency = this.currency,
  ): Move {
    const document = { kind, company: '', number };
    const move = { category, amount, currency, effectiveAt: on as Move['effectiveAt'], document };
    return item === undefined || item === 0 ? move : { ...move, item };
  }

  /** `data` is written by hand and so only as complete as the projections need it. */
  add(type: EventType, data: object, { on, recordedAt }: When): this {
    const latest = recordedAt ?? `${on}T12:00:00.000Z`;
    this.recordedAt = latest > this.recordedAt ? latest : this.recordedAt;
    nextId += 1;
    const event = {
      specversion: '1.0',
      id: `00000000-0000-4000-8000-${String(nextId).padStart(12, '0')}`,
      source: '/duestream',
      type: `duestream.${type}`,
      subject: this.accountId,
      time: this.recordedAt,
      datacontenttype: 'application/json',
      accountrevision: String(this.events.length),
      position: '',
      causationid: `message-${nextId}`,
      causationsource: '/test',
      effectiveat: on,
      businessdate: on,
      actorid: 'tester',
      actorvia: 'test',
      actorauthenticated: 'false',
      data,
    };
    this.events.push(event as unknown as PublicEvent);
    return this;
  }

  /** Where the order stands after what `change` adds to it, as the domain's events say. */
  standing(orderId: string, change: Partial<StoryOrder>): OrderStanding {
    const known = this.orders.get(orderId) ?? { placedAt: 0, amount: 0, shipped: 0, invoiced: 0, status: 'held' };
    const shipped = known.shipped + (change.shipped ?? 0);
    const invoiced = known.invoiced + (change.invoiced ?? 0);
    const order: StoryOrder = { ...known, ...change, shipped, invoiced };
    this.orders.set(orderId, order);
    const whole = order.amount > 0;
    const done = invoiced >= order.amount ? 'invoiced' : shipped >= order.amount ? 'shipped' : order.status;
    const total = this.money(order.amount.toFixed(2));
    return { status: whole ? done : order.status, requested: total, reserved: total };
  }

  private money(amount: string): { amount: string; currency: string } {
    return { amount, currency: this.currency };
  }
}

/** Whole figures of a story are small: numbers do. */
interface StoryOrder {
  readonly placedAt: number;
  readonly amount: number;
  readonly shipped: number;
  readonly invoiced: number;
  readonly status: OrderStanding['status'];
}

interface InvoiceMore {
  readonly items?: readonly { readonly number: number; readonly dueOn: string; readonly amount: string }[];
  readonly waitingFor?: readonly {
    readonly document: { readonly kind: DocumentKind; readonly company: string; readonly number: string };
  }[];
  readonly recordedAt?: string;
}
