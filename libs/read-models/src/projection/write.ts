import type { QueryConfig } from 'pg';
import { arrayText } from '../database/array-text';
import { insertRows, upsertRows } from '../database/bulk';
import { inOrder, type Session } from '../database/session';
import {
  AccountEntity,
  ApplicationEndingEntity,
  ApplicationEntity,
  BalanceEntity,
  BlockEntity,
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

/** Writes what the batch changed, all statements at once. Rows go in before the endings that may name them. */
export async function writeRows(session: Session, set: WorkingSet): Promise<void> {
  await inOrder(
    session,
    () => upsertRows(session, AccountEntity, set.accounts.changed()),
    () => upsertRows(session, BalanceEntity, set.balances.changed()),
    () => upsertRows(session, ItemEntity, set.items.changed()),
    () => upsertRows(session, OrderEntity, set.orders.changed()),
    () => upsertRows(session, ShipmentEntity, set.shipments.changed()),
    () => upsertRows(session, DocumentEntity, set.documents.changed()),
    () => upsertRows(session, DisputeEntity, set.disputes.changed()),
    () => insertRows(session, MoveEntity, set.moves),
    () => insertRows(session, BlockEntity, set.blocks),
    () => insertRows(session, LimitEntity, set.limits),
    () => insertRows(session, ApplicationEntity, set.applications),
    () => insertRows(session, ApplicationEndingEntity, set.endings),
    () => insertRows(session, DecisionEntity, set.decisions),
    () => insertRows(session, HoldEntity, set.holds),
    () => insertRows(session, WaitingEntity, set.waiting),
    () => run(session, supersedeProfiles(set)),
    () => insertRows(session, ProfileEntity, [...set.profiles.values()].flat()),
    () => run(session, endHolds(set)),
    () => run(session, endWaiting(set)),
  );
}

async function run({ client }: Session, statement: QueryConfig | null): Promise<void> {
  if (statement !== null) await client.query(statement);
}

/** The profile from before the batch ends where the account's first one in the batch begins. */
export function supersedeProfiles(set: WorkingSet): QueryConfig | null {
  // Nothing was there before an account's first event.
  const firsts = [...set.profiles.values()].flatMap(([first]) =>
    first === undefined || first.revision === 0 ? [] : first,
  );
  if (firsts.length === 0) return null;
  return {
    name: 'profiles.supersede',
    text: `UPDATE profiles p
        SET superseded_at = n.recorded_at, superseded_seq = n.seq
       FROM unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS n (account_id, recorded_at, seq)
      WHERE p.account_id = n.account_id AND p.superseded_seq IS NULL`,
    values: [
      arrayText(firsts.map((row) => row.accountId)),
      arrayText(firsts.map((row) => row.recordedAt)),
      arrayText(firsts.map((row) => row.seq)),
    ],
  };
}

export function endHolds(set: WorkingSet): QueryConfig | null {
  if (set.endedHolds.length === 0) return null;
  return {
    name: 'holds.end',
    text: `UPDATE holds h
        SET ended_seq = e.seq
       FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::bigint[])
            AS e (account_id, company, order_id, revision, seq)
      WHERE (h.account_id, h.company, h.order_id, h.revision) = (e.account_id, e.company, e.order_id, e.revision)`,
    values: [
      arrayText(set.endedHolds.map(({ key }) => key.accountId)),
      arrayText(set.endedHolds.map(({ key }) => key.company)),
      arrayText(set.endedHolds.map(({ key }) => key.orderId)),
      arrayText(set.endedHolds.map(({ key }) => key.revision)),
      arrayText(set.endedHolds.map(({ seq }) => seq)),
    ],
  };
}

export function endWaiting(set: WorkingSet): QueryConfig | null {
  if (set.arrived.length === 0) return null;
  return {
    name: 'waiting.end',
    text: `UPDATE waiting w
        SET ended_seq = a.seq
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
            AS a (account_id, kind, company, number, seq)
      WHERE (w.account_id, w.waiting_kind, w.waiting_number, w.waiting_company)
            = (a.account_id, a.kind, a.number, a.company)
        AND w.ended_seq IS NULL
        AND w.seq < a.seq`,
    values: [
      arrayText(set.arrived.map(({ key }) => key.accountId)),
      arrayText(set.arrived.map(({ key }) => key.kind)),
      arrayText(set.arrived.map(({ key }) => key.company)),
      arrayText(set.arrived.map(({ key }) => key.number)),
      arrayText(set.arrived.map(({ seq }) => seq)),
    ],
  };
}
