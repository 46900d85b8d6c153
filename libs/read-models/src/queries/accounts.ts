import type { AccountView } from '@duestream/contracts';
import type { EntityManager } from 'typeorm';
import { UnknownAccount } from '../errors';
import { blockedOfDaySql } from './blocks';
import { listed, type Cursor, type Listed } from './cursor';
import { limitsOfDay, type LimitOfDay } from './limits';
import { Parameters } from './parameters';
import { knows, type Point } from './point';

export interface AccountsFilter {
  readonly segment?: string;
  readonly country?: string;
  readonly riskClass?: string;
  readonly currency?: string;
  readonly parentId?: string;
  readonly blocked?: boolean;
  /** Part of the id or the name, whatever the case. */
  readonly text?: string;
}

export type AccountsSort = 'accountId' | '-accountId' | 'name' | '-name';

export interface AccountsQuestion {
  readonly filter: AccountsFilter;
  readonly sort: AccountsSort;
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

interface ProfileAtPoint {
  readonly accountId: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string | null;
  readonly segment: string | null;
  readonly riskClass: string | null;
  readonly parentId: string | null;
  readonly terms: string | null;
  readonly attributes: string;
  readonly blocked: boolean;
  readonly accountRevision: number;
}

const COLUMNS = `
  p.account_id AS "accountId", p.name, p.currency, p.country, p.segment, p.risk_class AS "riskClass",
  p.parent_id AS "parentId", p.terms, p.attributes, b.account_id IS NOT NULL AS blocked, a.revision AS "accountRevision"`;

export async function accountOf(manager: EntityManager, point: Point, accountId: string): Promise<AccountView> {
  const parameters = new Parameters();
  const [row]: ProfileAtPoint[] = await manager.query(
    `SELECT ${COLUMNS}
       FROM accounts p
       JOIN accounts a ON a.account_id = p.account_id
       LEFT JOIN (${blockedOfDaySql(point, parameters)}) b ON b.account_id = p.account_id
      WHERE p.account_id = ${parameters.add(accountId)}`,
    parameters.values,
  );
  if (row === undefined) throw new UnknownAccount(accountId);
  const limits = await limitsOfDay(manager, point, [accountId]);
  return toView(row, limits.get(accountId) ?? null);
}

/** Accounts as their profiles were at the point. */
export async function accountsOf(
  manager: EntityManager,
  point: Point,
  asked: AccountsQuestion,
): Promise<Listed<AccountView>> {
  const parameters = new Parameters();
  const isSuperseded = knows(point, parameters, 'p.superseded_at', 'p.superseded_seq');
  const direction = asked.sort.startsWith('-') ? 'DESC' : 'ASC';
  const keys = asked.sort.endsWith('name') ? ['p.name COLLATE "C"', 'p.account_id'] : ['p.account_id'];
  const rows: ProfileAtPoint[] = await manager.query(
    `SELECT ${COLUMNS}
       FROM profiles p
       JOIN accounts a ON a.account_id = p.account_id
       LEFT JOIN (${blockedOfDaySql(point, parameters)}) b ON b.account_id = p.account_id
      WHERE ${knows(point, parameters, 'p.recorded_at', 'p.seq')}
        AND (p.superseded_seq IS NULL OR NOT ${isSuperseded})
        AND ${filterSql(asked.filter, parameters)}
        AND ${afterSql(asked, keys, direction, parameters)}
      ORDER BY ${keys.map((key) => `${key} ${direction}`).join(', ')}
      ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}`,
    parameters.values,
  );
  const limits = await limitsOfDay(
    manager,
    point,
    rows.map((row) => row.accountId),
  );
  return listed(
    rows,
    asked.size,
    (row) => toView(row, limits.get(row.accountId) ?? null),
    (last) => ({
      ...point,
      question: asked.question,
      key: asked.sort.endsWith('name') ? [last.name, last.accountId] : [last.accountId],
    }),
  );
}

function filterSql(filter: AccountsFilter, parameters: Parameters): string {
  const equal: [string, string | boolean | undefined][] = [
    ['p.segment', filter.segment],
    ['p.country', filter.country],
    ['p.risk_class', filter.riskClass],
    ['p.currency', filter.currency],
    ['p.parent_id', filter.parentId],
    ['(b.account_id IS NOT NULL)', filter.blocked],
  ];
  const conditions = equal.flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${parameters.add(value)}`],
  );
  if (filter.text !== undefined) {
    const text = `lower(${parameters.add(filter.text)}::text)`;
    conditions.push(`(strpos(lower(p.name), ${text}) > 0 OR strpos(lower(p.account_id), ${text}) > 0)`);
  }
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

function afterSql(
  asked: AccountsQuestion,
  keys: readonly string[],
  direction: 'ASC' | 'DESC',
  parameters: Parameters,
): string {
  const key = asked.after?.key;
  if (key === undefined) return 'true';
  const values = key.map((part) => `${parameters.add(part)}::text`);
  return `(${keys.join(', ')}) ${direction === 'ASC' ? '>' : '<'} (${values.join(', ')})`;
}

function toView(row: ProfileAtPoint, limit: LimitOfDay | null): AccountView {
  const attributes = JSON.parse(row.attributes) as AccountView['attributes'];
  return { ...row, attributes, limit: limit === null ? null : limitView(limit) };
}

function limitView({ amount, currency, validFrom, validTo }: LimitOfDay): NonNullable<AccountView['limit']> {
  const isSet = amount !== null && currency !== null;
  return { amount: isSet ? { amount, currency } : null, validFrom, validTo };
}
