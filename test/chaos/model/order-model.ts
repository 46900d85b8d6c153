import { lastDay, type Cents, type Day } from './book';
import { stagesOf, sum, type OrderFacts, type Stages } from './order-stages';

export type Outcome = 'approved' | 'held' | 'rejected';
export type Question = 'whole' | 'increase';

/** An order: what was asked for, what was let through, and what happened to it. */
export class OrderModel {
  readonly facts: OrderFacts = { totals: [], shipments: [], invoices: [] };
  approval: Outcome = 'held';
  requested: Cents;
  /** Of its latest change; the order's own without one. */
  requestedOn: Day;
  /** Counts the holds of the account, so that held orders come in turn. Null: not held. */
  heldAs: number | null = null;
  heldFor: Question = 'whole';
  /** Staff let so much through, also without room in the limit. */
  authorised: Cents | null = null;
  /** What a decision counts of it. */
  counted: Cents = 0;

  constructor(
    readonly number: string,
    readonly orderDate: Day,
    asked: Cents,
  ) {
    this.requested = asked;
    this.requestedOn = orderDate;
  }

  /** What may be on order; null until something was let through. */
  get reserved(): Cents | null {
    return this.facts.totals.at(-1)?.cents ?? null;
  }

  stagesOn(day: Day): Stages {
    return stagesOf(this.facts, day, day);
  }

  /** What a decision of that day sees: whatever adds or moves value at once, what takes it away from its day. */
  countedOn(today: Day, facts = this.facts): Cents {
    const { open, delivered } = stagesOf(facts, today, END_OF_TIME);
    return open + delivered;
  }

  /** What letting `total` through from that day would add to the exposure. */
  increaseTo(total: Cents, today: Day): Cents {
    const totals = [...this.facts.totals, { cents: total, on: this.fromDay(this.requestedOn) }];
    return this.countedOn(today, { ...this.facts, totals }) - this.counted;
  }

  /** Closed, cancelled, or invoiced for the last time: nobody decides on it any more. */
  get isDone(): boolean {
    return this.isOver || this.facts.cancelledOn !== undefined;
  }

  get isOver(): boolean {
    return this.facts.closedOn !== undefined || this.facts.invoices.some(({ isFinal }) => isFinal);
  }

  get isWaitingForDecision(): boolean {
    return this.heldAs !== null && this.approval === 'held' && !this.isDone;
  }

  get status(): string {
    if (this.facts.closedOn !== undefined) return 'closed';
    if (this.facts.cancelledOn !== undefined) return 'cancelled';
    const total = this.approval === 'approved' ? (this.reserved ?? 0) : this.requested;
    const { shipments, invoices } = this.facts;
    const invoiced = sum(invoices);
    const shipped = sum(shipments.filter(({ cancelledOn }) => cancelledOn === undefined));
    if (this.isOver || invoiced >= total) return 'invoiced';
    return Math.max(shipped, invoiced) >= total ? 'shipped' : this.approval;
  }

  letThrough(total: Cents, on: Day): void {
    this.approval = 'approved';
    this.facts.totals.push({ cents: total, on: this.fromDay(on) });
    this.heldAs = null;
  }

  /** What was asked for last counts after all that was let through before. */
  private fromDay(on: Day): Day {
    return lastDay(on, this.orderDate, this.facts.totals.at(-1)?.on);
  }

  hold(turn: number, question: Question): void {
    this.approval = 'held';
    this.heldAs = turn;
    this.heldFor = question;
  }

  /** A rejected increase leaves what was approved before. */
  reject(question: Question): void {
    this.approval = question === 'whole' ? 'rejected' : 'approved';
    this.heldAs = null;
  }
}

const END_OF_TIME: Day = '9999-12-31';
