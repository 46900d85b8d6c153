import type { Parameters } from '../queries/parameters';
import { isLater, type Point } from '../queries/point';

/**
 * A SELECT of the invoice items with their staircases as the point knows them, but for those settled for good by the
 * day `settledAfter`. What was recorded after the point is taken off the steps again, which reads only the moves since.
 * `scope` limits the accounts; it may use the column that it is given and must name no other.
 */
export function invoiceItemsSql(
  point: Point,
  parameters: Parameters,
  settledAfter: string,
  scope: (accountId: string) => string,
): string {
  const columns = (alias: string) => `
           i.account_id, i.company, i.number, i.item, i.currency, i.original, i.due_on,
           ${alias}.step_days, ${alias}.step_open`;
  const isWanted = `i.kind = 'invoice' AND ${scope('i.account_id')}`;
  if (point.isLatest) return `SELECT ${columns('i')} FROM items i WHERE ${isWanted} AND i.settled_on > ${settledAfter}`;
  const later = laterSql(point, parameters, scope);
  return `
    SELECT ${columns('i')}
      FROM items i
     WHERE ${isWanted} AND i.settled_on > ${settledAfter}
       AND NOT EXISTS (SELECT 1 FROM (${later}) l WHERE ${isSameItem('l')})
    UNION ALL
    SELECT ${columns('k')}
      FROM items i
      JOIN (${correctedSql(later)}) k ON ${isSameItem('k')}
     WHERE ${isWanted}`;
}

function laterSql(point: Point, parameters: Parameters, scope: (accountId: string) => string): string {
  return `
    SELECT m.account_id, m.company, m.number, m.item, m.effective_at AS day, sum(m.amount) AS amount
      FROM moves m
     WHERE m.category = 'receivables' AND ${isLater(point, parameters, 'm.recorded_at', 'm.seq')}
       AND ${scope('m.account_id')}
     GROUP BY 1, 2, 3, 4, 5`;
}

/** The staircases without what came later: as steps up and down, less those since, and added up again. */
function correctedSql(later: string): string {
  return `
    SELECT c.account_id, c.company, c.number, c.item,
           array_agg(c.day ORDER BY c.day) AS step_days, array_agg(c.open ORDER BY c.day) AS step_open
      FROM (
        SELECT d.account_id, d.company, d.number, d.item, d.day,
               sum(sum(d.amount)) OVER (PARTITION BY d.account_id, d.company, d.number, d.item ORDER BY d.day) AS open
          FROM (
            SELECT i.account_id, i.company, i.number, i.item, s.day,
                   s.open - lag(s.open, 1, 0) OVER (
                     PARTITION BY i.account_id, i.company, i.number, i.item ORDER BY s.day
                   ) AS amount
              FROM items i
             CROSS JOIN LATERAL unnest(i.step_days, i.step_open) AS s (day, open)
             WHERE i.kind = 'invoice' AND EXISTS (SELECT 1 FROM (${later}) l WHERE ${isSameItem('l')})
            UNION ALL
            SELECT l.account_id, l.company, l.number, l.item, l.day, -l.amount FROM (${later}) l
          ) d
         GROUP BY 1, 2, 3, 4, 5
        HAVING sum(d.amount) <> 0
      ) c
     GROUP BY 1, 2, 3, 4`;
}

function isSameItem(alias: string): string {
  return `(${alias}.account_id, ${alias}.company, ${alias}.number, ${alias}.item) = (i.account_id, i.company, i.number, i.item)`;
}
