import type { PublicEvent } from '@duestream/contracts';
import { ITEM_CATEGORIES } from './fold-moves';
import type { Tracked } from './tracked';
import type { WorkingSet } from './working-set';

/**
 * The rows, accounts apart, that folding some events needs from the database: those that an event changes, unless the set has them or
 * an earlier event among these makes them anew. In the course of business most rows are made and changed by the same
 * few events, so this spares most of the reading. The events must be those that will be folded, and no others.
 */
export class Keys {
  readonly balances;
  readonly items;
  readonly orders;
  readonly shipments;
  readonly documents;
  readonly disputes;

  private constructor(set: WorkingSet) {
    this.balances = new KeySet(set.balances);
    this.items = new KeySet(set.items);
    this.orders = new KeySet(set.orders);
    this.shipments = new KeySet(set.shipments);
    this.documents = new KeySet(set.documents);
    this.disputes = new KeySet(set.disputes);
  }

  static neededBy(events: readonly PublicEvent[], set: WorkingSet): Keys {
    const keys = new Keys(set);
    for (const event of events) {
      keys.addDocument(event);
      keys.addOrder(event);
      keys.addMoved(event);
    }
    return keys;
  }

  get isEmpty(): boolean {
    const { balances, items, orders, shipments, documents, disputes } = this;
    return [balances, items, orders, shipments, documents, disputes].every(({ size }) => size === 0);
  }

  /** Before the others: what the event makes is not needed from the database. */
  private addDocument(event: PublicEvent): void {
    const accountId = event.subject;
    switch (event.type) {
      case 'duestream.order.placed.v1':
        return this.orders.make({ accountId, company: event.data.company, orderId: event.data.orderId });
      case 'duestream.order.shipped.v1':
        return this.shipments.make({ accountId, company: event.data.company, shipmentId: event.data.shipmentId });
      case 'duestream.shipment.cancelled.v1':
        return this.shipments.need({ accountId, company: event.data.company, shipmentId: event.data.shipmentId });
      case 'duestream.invoice.issued.v1': {
        const { company, invoiceId, items } = event.data;
        for (const { number: item } of items) {
          this.items.make({ accountId, kind: 'invoice', company, number: invoiceId, item });
        }
        return;
      }
      case 'duestream.credit-note.issued.v1': {
        const { company, creditNoteId } = event.data;
        return this.items.make({ accountId, kind: 'credit-note', company, number: creditNoteId, item: 0 });
      }
      case 'duestream.payment.received.v1': {
        const { company, paymentId } = event.data;
        this.documents.make({ accountId, kind: 'payment', company, number: paymentId });
        return this.items.make({ accountId, kind: 'payment', company, number: paymentId, item: 0 });
      }
      case 'duestream.payment.reversed.v1':
      case 'duestream.payment.refunded.v1': {
        const { company, paymentId } = event.data;
        return this.documents.need({ accountId, kind: 'payment', company, number: paymentId });
      }
      case 'duestream.dispute.opened.v1':
        return this.disputes.make({ accountId, company: event.data.company, disputeId: event.data.disputeId });
      case 'duestream.dispute.resolved.v1':
        return this.disputes.need({ accountId, company: event.data.company, disputeId: event.data.disputeId });
      default:
        return;
    }
  }

  private addOrder({ subject: accountId, data }: PublicEvent): void {
    if (!('orderId' in data) || data.orderId === undefined) return;
    this.orders.need({ accountId, company: data.company, orderId: data.orderId });
  }

  private addMoved({ subject: accountId, data }: PublicEvent): void {
    for (const { category, currency, document, item = 0 } of data.moves ?? []) {
      const { kind, company, number } = document;
      this.balances.need({ accountId, currency, category });
      if (kind === 'order') this.orders.need({ accountId, company, orderId: number });
      if (ITEM_CATEGORIES.has(category)) this.items.need({ accountId, kind, company, number, item });
    }
  }
}

class KeySet<Row extends object, Name extends keyof Row> {
  private readonly keys = new Map<string, Pick<Row, Name>>();
  private readonly made = new Set<string>();

  constructor(private readonly rows: Tracked<Row, Name>) {}

  get size(): number {
    return this.keys.size;
  }

  need(key: Pick<Row, Name>): void {
    if (this.rows.isComplete) return;
    const text = this.rows.keyOf(key);
    if (!this.rows.has(text) && !this.made.has(text)) this.keys.set(text, key);
  }

  make(key: Pick<Row, Name>): void {
    if (!this.rows.isComplete) this.made.add(this.rows.keyOf(key));
  }

  all(): Pick<Row, Name>[] {
    return [...this.keys.values()];
  }
}
