import { dayOrder, lastDay, type Book, type Cents, type Day } from './book';
import type { LimitsModel } from './limits-model';
import { OrderModel, type Outcome, type Question } from './order-model';
import { daysOf } from './order-stages';
import type { Of, Sent } from './sent';

export interface Decided {
  readonly outcome: Outcome;
  readonly exposureBefore: Cents;
}

export interface Done {
  readonly decision?: Decided;
  readonly order?: OrderModel;
  /** The same had been said before: nothing happens. */
  readonly isRepeated?: true;
}

export type Handled = Done | 'refused';

/** Orders of an account, the decisions on them, and those that are held. */
export class OrdersModel {
  readonly all = new Map<string, OrderModel>();
  /** By number: whose shipment it is. */
  readonly shipments = new Map<string, OrderModel>();
  private readonly held = new Set<OrderModel>();
  private readonly withLater = new Set<OrderModel>();
  private turn = 0;

  constructor(
    private readonly book: Book,
    private readonly limits: LimitsModel,
  ) {}

  /** What is of a later day counts when that day has come. */
  dayBegins(): void {
    for (const order of this.withLater) this.count(order);
  }

  order(number: string): OrderModel {
    const order = this.all.get(number);
    if (order === undefined) throw new Error(`the model has no order ${number}`);
    return order;
  }

  /** The order whose state an answer to the message tells. */
  about(sent: Sent): OrderModel | undefined {
    if (sent.kind === 'place') return this.order(sent.number);
    if (sent.kind === 'unship') return this.shipments.get(sent.shipment);
    return 'order' in sent && sent.order !== undefined ? this.order(sent.order) : undefined;
  }

  /** Those that staff see as held: one that has left in full meanwhile is shipped or invoiced. */
  heldOrders(): readonly string[] {
    return [...this.held].filter((order) => order.status === 'held').map(({ number }) => number);
  }

  waiting(): readonly OrderModel[] {
    return [...this.held].filter((order) => order.isWaitingForDecision);
  }

  place({ number, cents, on }: Of<'place'>): Done {
    const order = new OrderModel(number, on ?? this.book.today, cents);
    this.all.set(number, order);
    return { order, decision: this.decide(order, cents, 'whole') };
  }

  change({ order: number, cents, on }: Of<'change'>): Done {
    const order = this.order(number);
    const isHeldWhole = order.heldAs !== null && order.heldFor === 'whole';
    const question = order.approval === 'rejected' || isHeldWhole ? 'whole' : 'increase';
    order.requested = cents;
    order.requestedOn = lastDay(on ?? this.book.today, order.orderDate);
    if (order.isDone) return { order };
    const isAuthorised = order.authorised !== null && cents <= order.authorised;
    if (question === 'increase' && (isAuthorised || order.increaseTo(cents, this.book.today) <= 0)) {
      return this.alter(order, () => order.letThrough(cents, order.requestedOn));
    }
    return { order, decision: this.decide(order, cents, question) };
  }

  cancel({ order, on }: Of<'cancel'>): Done {
    return this.alter(this.order(order), (its) => {
      its.facts.cancelledOn = lastDay(on ?? this.book.today, its.orderDate);
    });
  }

  close({ order, on }: Of<'close'>): Done {
    return this.alter(this.order(order), (its) => {
      its.facts.closedOn = lastDay(on ?? this.book.today, its.orderDate);
    });
  }

  ship({ number, order, cents, on }: Of<'ship'>): Done {
    const its = this.order(order);
    this.shipments.set(number, its);
    return this.alter(its, ({ facts, orderDate }) => {
      facts.shipments.push({ number, cents, on: lastDay(on ?? this.book.today, orderDate) });
    });
  }

  unship({ shipment, on }: Of<'unship'>): Handled {
    const order = this.shipments.get(shipment);
    const its = order?.facts.shipments.find(({ number }) => number === shipment);
    if (order === undefined || its === undefined) throw new Error(`the model has no shipment ${shipment}`);
    if (its.cancelledOn !== undefined) return its.cancelledAs === on ? { order, isRepeated: true } : 'refused';
    its.cancelledAs = on;
    return this.alter(order, () => (its.cancelledOn = lastDay(on ?? this.book.today, its.on)));
  }

  invoiced(number: string, cents: Cents, issuedOn: Day, shipment: string | undefined, isFinal: boolean): void {
    this.alter(this.order(number), ({ facts, orderDate }) => {
      const on = lastDay(issuedOn, orderDate);
      facts.invoices.push({ cents, on, isFinal, ...(shipment !== undefined && { shipment }) });
    });
  }

  release({ order: number, cents }: Of<'release'>): Handled {
    const order = this.order(number);
    if (!order.isWaitingForDecision) return 'refused';
    order.authorised = cents ?? order.requested;
    return this.alter(order, () => order.letThrough(order.requested, this.releasedOn(order)));
  }

  reject({ order: number }: Of<'reject'>): Handled {
    const order = this.order(number);
    if (!order.isWaitingForDecision) return 'refused';
    order.reject(order.heldFor);
    return { order };
  }

  /** By order date and then by when they were held; one that does not fit is skipped. */
  releaseWhatFits(): number {
    for (const order of this.held) if (!order.isWaitingForDecision) this.held.delete(order);
    const inTurn = [...this.held].sort(
      (a, b) => dayOrder(a.orderDate, b.orderDate) || (a.heldAs ?? 0) - (b.heldAs ?? 0),
    );
    let released = 0;
    for (const order of inTurn) {
      if (this.limits.isBlocked() || !this.fits(this.book.exposure(), order, order.requested)) continue;
      this.passes(order, this.releasedOn(order));
      released += 1;
    }
    return released;
  }

  private releasedOn({ requestedOn }: OrderModel): Day {
    return lastDay(this.book.today, requestedOn);
  }

  private decide(order: OrderModel, cents: Cents, question: Question): Decided {
    const exposureBefore = this.book.exposure();
    const fits = this.fits(exposureBefore, order, cents);
    const outcome = this.limits.isBlocked() ? 'rejected' : fits ? 'approved' : 'held';
    if (outcome === 'approved') this.passes(order, order.requestedOn);
    else if (outcome === 'held') order.hold(++this.turn, question);
    else order.reject(question);
    if (outcome === 'held') this.held.add(order);
    return { outcome, exposureBefore };
  }

  /** What the rules let through stands on them, no longer on what a person released before. */
  private passes(order: OrderModel, on: Day): void {
    order.authorised = null;
    this.alter(order, () => order.letThrough(order.requested, on));
  }

  private fits(exposure: Cents, order: OrderModel, cents: Cents): boolean {
    const limit = this.limits.limitOn(this.book.today);
    return limit !== null && exposure + order.increaseTo(cents, this.book.today) <= limit;
  }

  /** Whatever happens to an order, its stages move by the difference on each day. */
  private alter(order: OrderModel, happens: (order: OrderModel) => void): Done {
    const before = daysOf(order.facts).map((day) => [day, order.stagesOn(day)] as const);
    happens(order);
    const days = daysOf(order.facts);
    let [open, delivered] = [0, 0];
    for (const day of days) {
      const was = before.findLast(([since]) => since <= day)?.[1];
      const is = order.stagesOn(day);
      const [openBy, deliveredBy] = [is.open - (was?.open ?? 0), is.delivered - (was?.delivered ?? 0)];
      this.book.move('orders', openBy - open, day);
      this.book.move('deliveries', deliveredBy - delivered, day);
      [open, delivered] = [openBy, deliveredBy];
    }
    this.count(order);
    return { order };
  }

  private count(order: OrderModel): void {
    const { today } = this.book;
    const counted = order.countedOn(today);
    this.book.onOrder += counted - order.counted;
    order.counted = counted;
    if (daysOf(order.facts).some((day) => day > today)) this.withLater.add(order);
    else this.withLater.delete(order);
  }
}
