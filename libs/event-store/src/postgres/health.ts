import type { StoreHealth } from '../port';
import type { Connections } from './connections';

/** A write transaction this old that hides newer events from readers is worth naming. */
const HELD_BACK_SECONDS = 2;

/** Ready when the server answers and takes writes. A reason without unreadiness is a warning. */
export async function healthOf(connections: Connections): Promise<StoreHealth> {
  const { rows } = await connections.query<HealthRow>({ text: HEALTH });
  const row = rows[0];
  if (row === undefined) return { ready: false, reason: 'the event store gave no answer' };
  if (row.is_read_only) return { ready: false, reason: 'the database is a standby and takes no writes' };
  const reason = heldBackReason(row);
  return reason === null ? { ready: true } : { ready: true, reason };
}

interface HealthRow {
  readonly is_read_only: boolean;
  readonly hides_events: boolean;
  readonly holder: string | null;
  /** Null where the role may not see it. */
  readonly seconds: number | null;
  readonly [column: string]: unknown;
}

function heldBackReason({ hides_events, holder, seconds }: HealthRow): string | null {
  if (!hides_events || holder === null || (seconds ?? HELD_BACK_SECONDS) < HELD_BACK_SECONDS) return null;
  const since = seconds === null ? '' : ` for ${seconds} s`;
  return `newer events are not readable yet: ${holder} holds a write transaction open${since}`;
}

/** Transaction ids are of the whole cluster, so the holder may be at work in any of its databases. */
const HEALTH = `
  SELECT
    pg_is_in_recovery() AS is_read_only,
    EXISTS (
      SELECT FROM store.events
      WHERE (incarnation, xid)
        >= ((SELECT max(incarnation) FROM store.incarnations), pg_snapshot_xmin(pg_current_snapshot()))
    ) AS hides_events,
    oldest.holder,
    oldest.seconds
  FROM (VALUES (1)) AS always
  LEFT JOIN LATERAL (
    SELECT holder, seconds FROM (
      SELECT
        format('process %s (%s, database %s)', pid, coalesce(nullif(application_name, ''), 'unnamed'), datname) AS holder,
        floor(extract(epoch FROM clock_timestamp() - xact_start))::int AS seconds,
        age(backend_xid) AS age
      FROM pg_stat_activity WHERE backend_xid IS NOT NULL
      UNION ALL
      SELECT
        format('prepared transaction %s (database %s)', gid, database),
        floor(extract(epoch FROM clock_timestamp() - prepared))::int,
        age(transaction)
      FROM pg_prepared_xacts
    ) AS transactions
    ORDER BY age DESC LIMIT 1
  ) AS oldest ON true`;
