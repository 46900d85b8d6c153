import type { PublicEvent } from '@duestream/contracts';
import { selectRows } from '../database/bulk';
import { inOrder, type Session } from '../database/session';
import {
  AccountEntity,
  BalanceEntity,
  DisputeEntity,
  DocumentEntity,
  ItemEntity,
  OrderEntity,
  ShipmentEntity,
} from '../entities';
import type { Keys } from './keys';
import type { WorkingSet } from './working-set';

/** Reads the accounts that the set lacks. */
export async function loadAccounts(session: Session, set: WorkingSet, events: readonly PublicEvent[]): Promise<void> {
  if (set.accounts.isComplete) return;
  const ids = new Set(events.map((event) => event.subject));
  const missing = [...ids].filter((accountId) => !set.accounts.has(accountId)).map((accountId) => ({ accountId }));
  set.accounts.load(await selectRows(session, AccountEntity, missing));
}

/** Reads the rows of the keys into the set. One statement per table, all sent at once. */
export async function loadRows(session: Session, set: WorkingSet, keys: Keys): Promise<void> {
  const [balances, items, orders, shipments, documents, disputes] = await inOrder(
    session,
    () => selectRows(session, BalanceEntity, keys.balances.all()),
    () => selectRows(session, ItemEntity, keys.items.all()),
    () => selectRows(session, OrderEntity, keys.orders.all()),
    () => selectRows(session, ShipmentEntity, keys.shipments.all()),
    () => selectRows(session, DocumentEntity, keys.documents.all()),
    () => selectRows(session, DisputeEntity, keys.disputes.all()),
  );
  set.balances.load(balances);
  set.items.load(items);
  set.orders.load(orders);
  set.shipments.load(shipments);
  set.documents.load(documents);
  set.disputes.load(disputes);
}
