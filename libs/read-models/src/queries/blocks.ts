import type { Parameters } from './parameters';
import { knows, type Point } from './point';

/**
 * A SELECT of the accounts that are blocked on the day of the point: of an account's entries up to it the latest by
 * day counts, of one day the last recorded.
 */
export function blockedOfDaySql(point: Point, parameters: Parameters): string {
  return `
    SELECT d.account_id
      FROM (
        SELECT DISTINCT ON (b.account_id) b.account_id, b.blocked
          FROM blocks b
         WHERE b.valid_from <= ${parameters.add(point.asOf)}::date
           AND ${knows(point, parameters, 'b.recorded_at', 'b.seq')}
         ORDER BY b.account_id, b.valid_from DESC, b.revision DESC
      ) d
     WHERE d.blocked`;
}
