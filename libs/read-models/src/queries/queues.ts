import type { HoldItem, WaitingItem } from '@duestream/contracts';
import type { CreditDecision, DocumentKind } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import { listed, type Cursor, type Listed } from './cursor';
import { Parameters } from './parameters';
import type { Point } from './point';

export interface QueueQuestion {
  readonly accountId: string | null;
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

interface HoldRow {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly orderDate: string;
  readonly amount: string;
  readonly currency: string;
  readonly heldAt: string;
  readonly decision: string | null;
  readonly seq: number;
}

/** Orders held at the point, the one held longest first. */
export async function holdsOf(manager: EntityManager, point: Point, asked: QueueQuestion): Promise<Listed<HoldItem>> {
  const parameters = new Parameters();
  const seq = `${parameters.add(point.seq)}::bigint`;
  const rows: HoldRow[] = await manager.query(
    `SELECT h.account_id AS "accountId", h.company, h.order_id AS "orderId", o.order_date AS "orderDate",
            coalesce(d.total, o.amount) AS amount, o.currency, h.recorded_at AS "heldAt", d.decision, h.seq
       FROM (
         SELECT h.* FROM holds h
          WHERE ${openAt(point, parameters, 'h')} AND ${scopeSql('h', asked, parameters)}
          ORDER BY h.recorded_at, h.account_id, h.seq
          ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}
       ) h
       JOIN orders o ON (o.account_id, o.company, o.order_id) = (h.account_id, h.company, h.order_id)
       LEFT JOIN LATERAL (
         SELECT d.decision, d.total FROM decisions d
          WHERE d.account_id = h.account_id AND d.company = h.company AND d.order_id = h.order_id
            AND d.outcome = 'held' AND d.seq <= ${seq}
          ORDER BY d.revision DESC LIMIT 1
       ) d ON true
      ORDER BY h.recorded_at, h.account_id, h.seq`,
    parameters.values,
  );
  return listed(rows, asked.size, toHold, (last) => ({
    ...point,
    question: asked.question,
    key: [last.heldAt, last.accountId, last.seq, 0],
  }));
}

function toHold({ amount, currency, decision, seq: _seq, ...row }: HoldRow): HoldItem {
  return {
    ...row,
    amount: { amount, currency },
    decision: decision === null ? null : (JSON.parse(decision) as CreditDecision),
  };
}

/** Accounts on which a new business date may change a decision: something is held, or was released until a day that is over. */
export async function accountsToRecheck(manager: EntityManager, businessDate: string): Promise<readonly string[]> {
  const rows: { accountId: string }[] = await manager.query(
    `SELECT account_id AS "accountId" FROM holds WHERE ended_seq IS NULL
     UNION
     SELECT d.account_id FROM decisions d
       JOIN orders o ON (o.account_id, o.company, o.order_id) = (d.account_id, d.company, d.order_id)
      WHERE d.authorisation::json->>'expiresOn' < $1 AND o.open > 0
      ORDER BY 1`,
    [businessDate],
  );
  return rows.map(({ accountId }) => accountId);
}

interface WaitingAtPoint {
  readonly accountId: string;
  readonly messageType: string;
  readonly messageSource: string;
  readonly messageId: string;
  readonly documentKind: DocumentKind | null;
  readonly documentCompany: string | null;
  readonly documentNumber: string | null;
  readonly waitingKind: DocumentKind;
  readonly waitingCompany: string;
  readonly waitingNumber: string;
  readonly since: string;
  readonly seq: number;
  readonly n: number;
}

/** Messages, and links of accepted ones, that wait at the point for their document, the longest first. */
export async function waitingOf(
  manager: EntityManager,
  point: Point,
  asked: QueueQuestion,
): Promise<Listed<WaitingItem>> {
  const parameters = new Parameters();
  const rows: WaitingAtPoint[] = await manager.query(
    `SELECT w.account_id AS "accountId", w.message_type AS "messageType", w.message_source AS "messageSource",
            w.message_id AS "messageId", w.document_kind AS "documentKind", w.document_company AS "documentCompany",
            w.document_number AS "documentNumber", w.waiting_kind AS "waitingKind",
            w.waiting_company AS "waitingCompany", w.waiting_number AS "waitingNumber", w.recorded_at AS since,
            w.seq, w.n
       FROM waiting w
      WHERE ${openAt(point, parameters, 'w')} AND ${scopeSql('w', asked, parameters)}
      ORDER BY w.recorded_at, w.account_id, w.seq, w.n
      ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}`,
    parameters.values,
  );
  return listed(rows, asked.size, toWaiting, (last) => ({
    ...point,
    question: asked.question,
    key: [last.since, last.accountId, last.seq, last.n],
  }));
}

function toWaiting(row: WaitingAtPoint): WaitingItem {
  const { documentKind, documentCompany, documentNumber } = row;
  const document =
    documentKind === null ? null : { kind: documentKind, company: documentCompany ?? '', number: documentNumber ?? '' };
  return {
    accountId: row.accountId,
    messageType: row.messageType,
    messageSource: row.messageSource,
    messageId: row.messageId,
    document,
    waitingFor: { kind: row.waitingKind, company: row.waitingCompany, number: row.waitingNumber },
    since: row.since,
  };
}

function openAt(point: Point, parameters: Parameters, table: 'h' | 'w'): string {
  if (point.isLatest) return `${table}.ended_seq IS NULL`;
  const seq = `${parameters.add(point.seq)}::bigint`;
  return `${table}.seq <= ${seq} AND (${table}.ended_seq IS NULL OR ${table}.ended_seq > ${seq})`;
}

/** Where `key` goes on: by the time first, since a feed of several partitions brings the accounts in any order. */
function scopeSql(table: 'h' | 'w', asked: QueueQuestion, parameters: Parameters): string {
  const account = asked.accountId === null ? 'true' : `${table}.account_id = ${parameters.add(asked.accountId)}`;
  const [since, accountId, seq, n] = asked.after?.key ?? [];
  if (since === undefined) return account;
  const row = `(${table}.recorded_at, ${table}.account_id, ${table}.seq, ${table === 'w' ? 'w.n' : '0'})`;
  const last = `(${parameters.add(since)}::timestamptz, ${parameters.add(accountId)}, ${parameters.add(seq)}::bigint, ${parameters.add(n)}::integer)`;
  return `${account} AND ${row} > ${last}`;
}
