import type { EntityManager, EntitySchema, ObjectLiteral } from 'typeorm';
import { insertRows, upsertRows } from '../database/bulk';
import {
  AccountEntity,
  ApplicationEndingEntity,
  ApplicationEntity,
  BalanceEntity,
  DecisionEntity,
  DisputeEntity,
  DocumentEntity,
  HoldEntity,
  ItemEntity,
  LimitEntity,
  MoveEntity,
  OrderEntity,
  ProfileEntity,
  ShipmentEntity,
  WaitingEntity,
} from '../entities';
import type { WorkingSet } from './working-set';

/** How rows that are new for certain get in: `insertRows`, or `copyRows` where nobody else writes the tables. */
export type Insert = <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
) => Promise<void>;

/** Writes what the batch changed. Rows go in before the endings that may name them. */
export async function writeRows(manager: EntityManager, set: WorkingSet, insert: Insert = insertRows): Promise<void> {
  await upsertRows(manager, AccountEntity, set.accounts.changed());
  await upsertRows(manager, BalanceEntity, set.balances.changed());
  await upsertRows(manager, ItemEntity, set.items.changed());
  await upsertRows(manager, OrderEntity, set.orders.changed());
  await upsertRows(manager, ShipmentEntity, set.shipments.changed());
  await upsertRows(manager, DocumentEntity, set.documents.changed());
  await upsertRows(manager, DisputeEntity, set.disputes.changed());
  await insert(manager, MoveEntity, set.moves);
  await insert(manager, LimitEntity, set.limits);
  await insert(manager, ApplicationEntity, set.applications);
  await insert(manager, ApplicationEndingEntity, set.endings);
  await insert(manager, DecisionEntity, set.decisions);
  await insert(manager, HoldEntity, set.holds);
  await insert(manager, WaitingEntity, set.waiting);
  await supersedeProfiles(manager, set);
  await insert(manager, ProfileEntity, [...set.profiles.values()].flat());
  await endHolds(manager, set);
  await endWaiting(manager, set);
}

/** The profile from before the batch ends where the account's first one in the batch begins. */
async function supersedeProfiles(manager: EntityManager, set: WorkingSet): Promise<void> {
  const firsts = [...set.profiles.values()].flatMap((profiles) => profiles[0] ?? []);
  if (firsts.length === 0) return;
  await manager.query(
    `UPDATE profiles p
        SET superseded_at = n.recorded_at, superseded_seq = n.seq
       FROM unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS n (account_id, recorded_at, seq)
      WHERE p.account_id = n.account_id AND p.superseded_seq IS NULL`,
    [firsts.map((row) => row.accountId), firsts.map((row) => row.recordedAt), firsts.map((row) => row.seq)],
  );
}

async function endHolds(manager: EntityManager, set: WorkingSet): Promise<void> {
  if (set.endedHolds.length === 0) return;
  await manager.query(
    `UPDATE holds h
        SET ended_seq = e.seq
       FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[])
            AS e (account_id, company, order_id, revision, seq)
      WHERE (h.account_id, h.company, h.order_id, h.revision) = (e.account_id, e.company, e.order_id, e.revision)`,
    [
      set.endedHolds.map(({ key }) => key.accountId),
      set.endedHolds.map(({ key }) => key.company),
      set.endedHolds.map(({ key }) => key.orderId),
      set.endedHolds.map(({ key }) => key.revision),
      set.endedHolds.map(({ seq }) => seq),
    ],
  );
}

async function endWaiting(manager: EntityManager, set: WorkingSet): Promise<void> {
  if (set.arrived.length === 0) return;
  await manager.query(
    `UPDATE waiting w
        SET ended_seq = a.seq
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
            AS a (account_id, kind, company, number, seq)
      WHERE (w.account_id, w.waiting_kind, w.waiting_number, w.waiting_company)
            = (a.account_id, a.kind, a.number, a.company)
        AND w.ended_seq IS NULL
        AND w.seq < a.seq`,
    [
      set.arrived.map(({ key }) => key.accountId),
      set.arrived.map(({ key }) => key.kind),
      set.arrived.map(({ key }) => key.company),
      set.arrived.map(({ key }) => key.number),
      set.arrived.map(({ seq }) => seq),
    ],
  );
}
