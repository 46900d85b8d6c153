import type { Message } from './ledger';
import type { Random } from './random';

const BOOKED = new Set(['accepted', 'duplicate']);
const HOT_SHARE = 0.3;
const HOT_LIMIT = '5000.00';
const LIMIT = '50000.00';

interface Order {
  readonly accountId: string;
  readonly orderId: string;
  readonly amount: { readonly amount: string; readonly currency: 'EUR' };
}

/** What one upstream system sends: orders and what follows from them, for accounts that all systems share. */
export class Traffic {
  private sent = 0;
  private readonly placed: Order[] = [];
  private readonly invoiced: Order[] = [];

  constructor(
    private readonly system: string,
    private readonly accounts: readonly string[],
    private readonly random: Random,
  ) {}

  /** Opens the accounts that all systems share; the first is the hot one. */
  static opening(accounts: readonly string[]): readonly Message[] {
    return accounts.flatMap((subject, index) => [
      message('setup', `open ${subject}`, 'account.opened.v1', subject, { name: subject, currency: 'EUR' }),
      message('setup', `limit ${subject}`, 'limit.set.v1', subject, {
        amount: euros(index === 0 ? HOT_LIMIT : LIMIT),
        validFrom: '2020-01-01',
      }),
    ]);
  }

  batch(size: number): readonly Message[] {
    return Array.from({ length: size }, () => this.next());
  }

  /** What was acknowledged may be followed up. */
  acknowledged(sent: Message, status: string): void {
    if (sent.type !== 'order.placed.v1' || !BOOKED.has(status)) return;
    const { orderId, amount } = sent.data as unknown as Order;
    this.placed.push({ accountId: sent.subject, orderId, amount });
  }

  private next(): Message {
    const what = this.random.next();
    if (what < 0.25) return this.invoice() ?? this.order();
    if (what < 0.45) return this.payment() ?? this.order();
    return this.order();
  }

  private order(): Message {
    const [hot = '', ...others] = this.accounts;
    const accountId = others.length === 0 || this.random.isLucky(HOT_SHARE) ? hot : this.random.pick(others);
    const amount = euros(`${this.random.between(1, 400)}.${String(this.random.between(0, 99)).padStart(2, '0')}`);
    return this.message('order.placed.v1', accountId, { orderId: this.name('SO'), amount, orderDate: '2026-03-02' });
  }

  private invoice(): Message | null {
    const order = this.takeFrom(this.placed);
    if (order === null) return null;
    const { accountId, orderId, amount } = order;
    const invoiceId = `INV-${orderId}`;
    this.invoiced.push(order);
    return this.message('invoice.issued.v1', accountId, { invoiceId, orderId, amount, issuedOn: '2026-03-05' });
  }

  private payment(): Message | null {
    const order = this.takeFrom(this.invoiced);
    if (order === null) return null;
    const { accountId, orderId, amount } = order;
    const remittance = [{ invoiceId: `INV-${orderId}` }];
    return this.message('payment.received.v1', accountId, {
      paymentId: `PAY-${orderId}`,
      amount,
      receivedOn: '2026-03-09',
      remittance,
    });
  }

  private takeFrom(orders: Order[]): Order | null {
    if (orders.length === 0) return null;
    return orders.splice(this.random.between(0, orders.length - 1), 1)[0] ?? null;
  }

  private message(type: string, subject: string, data: Message['data']): Message {
    return message(this.system, this.name('m'), type, subject, data);
  }

  private name(prefix: string): string {
    return `${prefix}-${this.system}-${++this.sent}`;
  }
}

export const euros = (amount: string): Order['amount'] => ({ amount, currency: 'EUR' });

export function message(system: string, id: string, type: string, subject: string, data: Message['data']): Message {
  return { specversion: '1.0', id, source: `/chaos/${system}`, type, subject, data };
}
