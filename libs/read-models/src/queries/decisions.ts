import type { CreditDecision, MoneyText } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import { UnknownAccount } from '../errors';
import { listed, type Cursor, type Listed } from './cursor';
import { Parameters } from './parameters';
import { knows, type Point } from './point';

export interface DecisionItem {
  readonly accountId: string;
  readonly revision: number;
  readonly company: string;
  readonly orderId: string;
  readonly outcome: 'approved' | 'held' | 'rejected' | 'observed' | 'released';
  readonly trigger: string;
  readonly total: MoneyText;
  /** Null for one by hand, which `actorId` gave. */
  readonly decision: CreditDecision | null;
  readonly businessDate: string;
  readonly actorId: string;
  readonly recordedAt: string;
}

export interface DecisionsQuestion {
  readonly accountId: string;
  readonly orderId: string | null;
  readonly company: string;
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

type DecisionRow = Omit<DecisionItem, 'total' | 'decision'> & {
  readonly total: string;
  readonly currency: string;
  readonly decision: string | null;
};

/** Every credit decision of an account, or of one order of it, first to last. */
export async function decisionsOf(
  manager: EntityManager,
  point: Point,
  asked: DecisionsQuestion,
): Promise<Listed<DecisionItem>> {
  const accounts: unknown[] = await manager.query(`SELECT 1 FROM accounts WHERE account_id = $1`, [asked.accountId]);
  if (accounts.length === 0) throw new UnknownAccount(asked.accountId);
  const parameters = new Parameters();
  const conditions = [`account_id = ${parameters.add(asked.accountId)}`, knows(point, parameters)];
  if (asked.orderId !== null) {
    conditions.push(`order_id = ${parameters.add(asked.orderId)}`, `company = ${parameters.add(asked.company)}`);
  }
  const last = asked.after?.key[0];
  if (last !== undefined) conditions.push(`revision > ${parameters.add(last)}`);
  const rows: DecisionRow[] = await manager.query(
    `SELECT account_id AS "accountId", revision, company, order_id AS "orderId", outcome, trigger, total, currency,
            decision, business_date AS "businessDate", actor_id AS "actorId", recorded_at AS "recordedAt"
       FROM decisions
      WHERE ${conditions.join(' AND ')}
      ORDER BY revision
      ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}`,
    parameters.values,
  );
  return listed(rows, asked.size, toItem, (row) => ({ ...point, question: asked.question, key: [row.revision] }));
}

function toItem({ total, currency, decision, ...row }: DecisionRow): DecisionItem {
  return {
    ...row,
    total: { amount: total, currency },
    decision: decision === null ? null : (JSON.parse(decision) as CreditDecision),
  };
}
