import type { Cents, Day } from './book';

export type Outcome = 'approved' | 'held' | 'rejected';

/** An order whose facts are all of the day on which they become known. */
export class OrderModel {
  approval: Outcome = 'held';
  /** What may be on order; null until something was let through. */
  reserved: Cents | null = null;
  requested: Cents;
  /** Counts the holds of the account, so that held orders come in turn. Null: not held. */
  heldAs: number | null = null;
  heldFor: 'whole' | 'increase' = 'whole';
  shipped: Cents = 0;
  invoiced: Cents = 0;
  isCancelled = false;
  isClosed = false;
  hasFinalInvoice = false;

  constructor(
    readonly number: string,
    readonly orderDate: Day,
    asked: Cents,
  ) {
    this.requested = asked;
  }

  /** Not shipped and not invoiced; nothing of what was not let through, or was cancelled. */
  open(reserved = this.reserved): Cents {
    if (this.isCancelled || this.isOver) return 0;
    return Math.max(0, (reserved ?? 0) - Math.max(this.shipped, this.invoiced));
  }

  /** Shipped and not invoiced. */
  delivered(): Cents {
    return this.isOver ? 0 : Math.max(0, this.shipped - this.invoiced);
  }

  /** Closed, or invoiced for the last time: no residue stays. */
  get isOver(): boolean {
    return this.isClosed || this.hasFinalInvoice;
  }

  /** What letting `total` through would add to the exposure. */
  increaseTo(total: Cents): Cents {
    return this.open(total) - this.open();
  }

  get isWaitingForDecision(): boolean {
    return this.heldAs !== null && this.approval === 'held' && !this.isCancelled && !this.isOver;
  }

  get status(): string {
    if (this.isClosed) return 'closed';
    if (this.isCancelled) return 'cancelled';
    const total = this.approval === 'approved' ? (this.reserved ?? 0) : this.requested;
    if (this.hasFinalInvoice || this.invoiced >= total) return 'invoiced';
    return Math.max(this.shipped, this.invoiced) >= total ? 'shipped' : this.approval;
  }

  letThrough(total: Cents): void {
    this.approval = 'approved';
    this.reserved = total;
    this.heldAs = null;
  }

  hold(turn: number, question: 'whole' | 'increase'): void {
    this.approval = 'held';
    this.heldAs = turn;
    this.heldFor = question;
  }

  /** A rejected increase leaves what was approved before. */
  reject(question: 'whole' | 'increase'): void {
    this.approval = question === 'whole' ? 'rejected' : 'approved';
    this.heldAs = null;
  }
}
