import type { PublicEvent } from '@duestream/contracts';
import type { EntityManager } from 'typeorm';
import { selectRows } from '../database/bulk';
import {
  AccountEntity,
  BalanceEntity,
  DisputeEntity,
  DocumentEntity,
  ItemEntity,
  OrderEntity,
  ShipmentEntity,
  type BalanceRow,
  type DisputeRow,
  type DocumentRow,
  type ItemRow,
  type OrderRow,
  type ShipmentRow,
} from '../entities';
import { ITEM_CATEGORIES } from './fold-moves';
import { joined, type WorkingSet } from './working-set';

/** Reads everything that the events may change. One statement per table, whatever the size of the batch. */
export async function loadRows(manager: EntityManager, set: WorkingSet, events: readonly PublicEvent[]): Promise<void> {
  const keys = new Keys();
  for (const event of events) keys.add(event);
  set.balances.load(await selectRows(manager, BalanceEntity, keys.balances.all()));
  set.items.load(await selectRows(manager, ItemEntity, keys.items.all()));
  set.orders.load(await selectRows(manager, OrderEntity, keys.orders.all()));
  set.shipments.load(await selectRows(manager, ShipmentEntity, keys.shipments.all()));
  set.documents.load(await selectRows(manager, DocumentEntity, keys.payments.all()));
  set.disputes.load(await selectRows(manager, DisputeEntity, keys.disputes.all()));
}

export async function loadAccounts(manager: EntityManager, set: WorkingSet, ids: Iterable<string>): Promise<void> {
  const keys = [...new Set(ids)].map((accountId) => ({ accountId }));
  set.accounts.load(await selectRows(manager, AccountEntity, keys));
}

class Keys {
  readonly balances = new KeySet<Pick<BalanceRow, 'accountId' | 'currency' | 'category'>>();
  readonly items = new KeySet<Pick<ItemRow, 'accountId' | 'kind' | 'company' | 'number' | 'item'>>();
  readonly orders = new KeySet<Pick<OrderRow, 'accountId' | 'company' | 'orderId'>>();
  readonly shipments = new KeySet<Pick<ShipmentRow, 'accountId' | 'company' | 'shipmentId'>>();
  readonly payments = new KeySet<Pick<DocumentRow, 'accountId' | 'kind' | 'company' | 'number'>>();
  readonly disputes = new KeySet<Pick<DisputeRow, 'accountId' | 'company' | 'disputeId'>>();

  add(event: PublicEvent): void {
    const accountId = event.subject;
    for (const { category, currency, document, item = 0 } of event.data.moves ?? []) {
      this.balances.add({ accountId, currency, category });
      if (document.kind === 'order')
        this.orders.add({ accountId, company: document.company, orderId: document.number });
      if (!ITEM_CATEGORIES.has(category)) continue;
      this.items.add({ accountId, kind: document.kind, company: document.company, number: document.number, item });
    }
    if ('orderId' in event.data && event.data.orderId !== undefined) {
      this.orders.add({ accountId, company: event.data.company, orderId: event.data.orderId });
    }
    this.addDocument(event);
  }

  private addDocument(event: PublicEvent): void {
    const accountId = event.subject;
    switch (event.type) {
      case 'duestream.shipment.cancelled.v1':
        return this.shipments.add({ accountId, company: event.data.company, shipmentId: event.data.shipmentId });
      case 'duestream.payment.reversed.v1':
      case 'duestream.payment.refunded.v1':
        return this.payments.add({
          accountId,
          kind: 'payment',
          company: event.data.company,
          number: event.data.paymentId,
        });
      case 'duestream.dispute.resolved.v1':
        return this.disputes.add({ accountId, company: event.data.company, disputeId: event.data.disputeId });
      default:
        return;
    }
  }
}

class KeySet<Key extends Readonly<Record<string, string | number>>> {
  private readonly keys = new Map<string, Key>();

  add(key: Key): void {
    this.keys.set(joined(...Object.values(key)), key);
  }

  all(): Key[] {
    return [...this.keys.values()];
  }
}
