import { Book, type Cents, type Day } from './book';
import { LimitsModel } from './limits-model';
import { MoneyModel } from './money-model';
import { OrdersModel, type Decided, type Handled } from './orders-model';
import type { Sent } from './sent';

/** What the answer to a message must say. */
export interface Expected {
  readonly status: 'accepted' | 'duplicate' | 'refused';
  readonly decision?: Decided;
  readonly orderStatus?: string;
  /** Held orders that were let through with it, by hand or because they fit by now. */
  readonly released: number;
}

/**
 * What DOMAIN.md says of one account, the simple way: whole cents, lists, no events, and nothing of the code that it is
 * held against. Every document is of one company and currency, and comes after the document that it names.
 */
export class AccountModel {
  readonly book: Book;
  readonly limits: LimitsModel;
  readonly orders: OrdersModel;
  readonly money: MoneyModel;
  private lastChange: Day;

  constructor(
    readonly accountId: string,
    today: Day,
  ) {
    this.book = new Book(today);
    this.limits = new LimitsModel(this.book);
    this.orders = new OrdersModel(this.book, this.limits);
    this.money = new MoneyModel(this.book, this.orders);
    this.lastChange = today;
  }

  /** The same content is in `first` when the message repeats one that was accepted. */
  take(sent: Sent, today: Day, first?: Expected): Expected {
    if (today > this.book.today) {
      this.book.today = today;
      this.orders.dayBegins();
    }
    if (first !== undefined) return this.repeated(sent, first);
    const handled = this.handle(sent);
    if (handled === 'refused') return { status: 'refused', released: 0 };
    const { decision, order, isRepeated } = handled;
    if (isRepeated === true && order !== undefined) {
      return { status: 'duplicate', released: 0, orderStatus: order.status };
    }
    const isNewDay = today > this.lastChange;
    this.lastChange = today;
    const byItself = sent.kind !== 'place' || isNewDay ? this.orders.releaseWhatFits() : 0;
    const released = sent.kind === 'release' ? byItself + 1 : byItself;
    return {
      status: 'accepted',
      released,
      ...(decision !== undefined && { decision }),
      ...(order !== undefined && { orderStatus: order.status }),
    };
  }

  /** What a decision of today leaves of the limit. */
  available(): Cents {
    return (this.limits.limitOn(this.book.today) ?? 0) - this.book.exposure();
  }

  private handle(sent: Sent): Handled {
    switch (sent.kind) {
      case 'limit':
        this.limits.set(sent);
        return {};
      case 'block':
      case 'unblock':
        this.limits.block(sent);
        return {};
      case 'place':
        return this.orders.place(sent);
      case 'change':
        return this.orders.change(sent);
      case 'cancel':
        return this.orders.cancel(sent);
      case 'close':
        return this.orders.close(sent);
      case 'ship':
        return this.orders.ship(sent);
      case 'unship':
        return this.orders.unship(sent);
      case 'release':
        return this.orders.release(sent);
      case 'reject':
        return this.orders.reject(sent);
      case 'invoice':
        return this.money.invoice(sent);
      case 'credit':
        return this.money.credit(sent);
      case 'pay':
        return this.money.pay(sent);
      case 'apply':
        return this.money.applyByHand(sent);
      case 'unapply':
        return this.money.unapply(sent);
      case 'refund':
        return this.money.refund(sent);
      case 'reverse':
        return this.money.reverse(sent);
      case 'write-off':
        return this.money.writeOff(sent);
      case 'dispute':
        return this.money.dispute(sent);
      case 'resolve':
        return this.money.resolve(sent);
      case 'conflict':
        return 'refused';
      default:
        return sent satisfies never;
    }
  }

  /** The first decision, and how the order stands by now. */
  private repeated(sent: Sent, { decision, orderStatus }: Expected): Expected {
    const order = orderStatus === undefined ? undefined : this.orders.about(sent);
    return {
      status: 'duplicate',
      released: 0,
      ...(decision !== undefined && { decision }),
      ...(order !== undefined && { orderStatus: order.status }),
    };
  }
}
