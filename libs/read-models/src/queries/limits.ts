import type { EntityManager } from 'typeorm';
import { Parameters } from './parameters';
import { knows, type Point } from './point';

export interface LimitOfDay {
  readonly accountId: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** A SELECT of the limit of each account's day: of the entries valid then, the one recorded last. */
export function limitOfDaySql(point: Point, parameters: Parameters, scope: string): string {
  const asOf = `${parameters.add(point.asOf)}::date`;
  return `
    SELECT DISTINCT ON (l.account_id) l.account_id, l.amount, l.currency, l.valid_from, l.valid_to
      FROM limits l
     WHERE l.valid_from <= ${asOf} AND (l.valid_to IS NULL OR l.valid_to >= ${asOf})
       AND ${knows(point, parameters, 'l.recorded_at', 'l.seq')}
       AND ${scope}
     ORDER BY l.account_id, l.revision DESC`;
}

export async function limitsOfDay(
  manager: EntityManager,
  point: Point,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, LimitOfDay>> {
  const parameters = new Parameters();
  const sql = limitOfDaySql(point, parameters, `l.account_id = ANY (${parameters.add(accountIds)}::text[])`);
  const rows: LimitOfDay[] = await manager.query(
    `SELECT account_id AS "accountId", amount, currency, valid_from AS "validFrom", valid_to AS "validTo" FROM (${sql}) l`,
    parameters.values,
  );
  return new Map(rows.map((row) => [row.accountId, row]));
}
